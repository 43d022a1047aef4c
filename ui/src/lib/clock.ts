import { useSyncExternalStore } from "react";

/** How often things that say "2 min ago" are told again. */
const TICK_MS = 1_000;

/** The database's clock less this computer's: ages are of the database's times, and desks' clocks are often wrong. */
let offsetMs = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

export function setServerTime(serverTime: string): void {
  const at = Date.parse(serverTime);
  if (Number.isNaN(at)) return;
  offsetMs = at - Date.now();
  for (const listener of listeners) listener();
}

/** Now, by the database's clock, in milliseconds. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Now, to the step given; a component draws again only when its step passes. */
export function useNow(stepMs = 60_000 / 4): number {
  return useSyncExternalStore(subscribe, () => Math.floor(serverNow() / stepMs) * stepMs);
}
