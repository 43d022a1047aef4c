import { formatCount } from "./format";

/** `1,902 / 2,140`; nothing while the number of steps isn't known. */
export function stepsText(done: number, total: number): string | null {
  return total === 0 ? null : `${formatCount(done)} / ${formatCount(total)}`;
}

/** `38 s`, `1 m 38 s`, `1 h 02 m`: how long something took, exactly enough. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

const TENTHS_MS = 9_950;

/** `0.4 s`, `1 m 38 s`: how long something took that is over, which can be less than a second. */
export function tookText(ms: number): string {
  return ms < TENTHS_MS ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : elapsedText(ms);
}
