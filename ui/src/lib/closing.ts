import { useEffectEvent, useLayoutEffect } from "react";

/** What asks a person before the window closes, and only then: work that would be cut off. */
const askers = new Set<() => void>();

export function holdsClosing(): boolean {
  return askers.size > 0;
}

/** Has it ask; answers whether there was something, so that the window waits. */
export function askBeforeClosing(): boolean {
  for (const ask of askers) ask();
  return askers.size > 0;
}

/** While `active`, closing the window calls `ask` instead. */
export function useBeforeClosing(active: boolean, ask: () => void): void {
  const onAsk = useEffectEvent(ask);
  useLayoutEffect(() => {
    if (!active) return undefined;
    const asker = () => onAsk();
    askers.add(asker);
    return () => {
      askers.delete(asker);
    };
  }, [active]);
}
