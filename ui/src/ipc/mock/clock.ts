import type { Instant } from "../../bindings/contract";

const MINUTE_MS = 60_000;

/** The mock's world begins at this instant when the page loads, so that pictures of it are the same on any day. */
const BEGIN = Date.parse("2026-11-22T19:34:00Z");
const loaded = Date.now();

export function mockNow(): number {
  return BEGIN + (Date.now() - loaded);
}

export function instant(at: number): Instant {
  return new Date(at).toISOString().replace(".000Z", "Z") as Instant;
}

/** So many minutes before the world's beginning. */
export function minutesAgo(minutes: number): Instant {
  return instant(BEGIN - minutes * MINUTE_MS);
}

export function minutesAhead(minutes: number): Instant {
  return minutesAgo(-minutes);
}

export function daysAgo(days: number): Instant {
  return minutesAgo(days * 24 * 60);
}
