import { useEffectEvent, useLayoutEffect } from "react";

/** What asks a person before something typed is lost: the forms that are open and changed. */
const askers = new Set<() => void>();

export function hasUnsaved(): boolean {
  return askers.size > 0;
}

/** Has the open forms ask; answers whether there was one, so that whoever wants to leave waits. */
export function askUnsaved(): boolean {
  for (const ask of askers) ask();
  return askers.size > 0;
}

/** While `dirty`, leaving the page or closing the window calls `ask` instead. */
export function useUnsaved(dirty: boolean, ask: () => void): void {
  const onAsk = useEffectEvent(ask);
  // A layout effect, so that a form that has closed no longer holds back what follows in the same turn.
  useLayoutEffect(() => {
    if (!dirty) return undefined;
    const asker = () => onAsk();
    askers.add(asker);
    return () => {
      askers.delete(asker);
    };
  }, [dirty]);
}
