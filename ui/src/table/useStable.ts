import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same one while what it does follows the latest drawing, for parts that are drawn only when their own matters change. */
export function useStable<A extends ReadonlyArray<unknown>, R>(act: (...args: A) => R): (...args: A) => R {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
