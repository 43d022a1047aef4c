import type { StatsSample } from "../../bindings/contract";

/** How many samples a graph shows. */
export const KEPT = 60;

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people read them; powers of 1,024, as engines count. */
export function bytes(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return "\u2013";
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

export function percent(share: number | null): string {
  return share === null ? "\u2013" : `${share.toFixed(share >= 10 ? 0 : 1)}%`;
}

/** The newest samples, oldest first; one that was told already is not told twice. */
export function added(samples: ReadonlyArray<StatsSample>, next: StatsSample): ReadonlyArray<StatsSample> {
  if (samples.at(-1)?.at === next.at) return samples;
  return [...samples, next].slice(-KEPT);
}

/** A line through values, in a box of 100 by 40; gaps where there is no value. The top is `most`. */
export function path(values: ReadonlyArray<number | null>, most: number): string {
  const step = 100 / Math.max(1, KEPT - 1);
  const from = KEPT - values.length;
  let line = "";
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    const x = (from + index) * step;
    const y = 40 - (Math.min(value, most) / most) * 40;
    line += `${pen ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
    pen = true;
  });
  return line;
}

/** The largest value, and a little more; never zero. */
export function ceiling(values: ReadonlyArray<number | null>, least: number): number {
  return Math.max(least, ...values.map((value) => (value ?? 0) * 1.1));
}
