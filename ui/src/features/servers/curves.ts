import { max, nice, ticks } from "d3-array";
import { line } from "d3-shape";

/** Milliseconds since 1970, and a value. For looking at, not for money. */
export type Curve = ReadonlyArray<readonly [number, number]>;

export type Series = { readonly key: string; readonly label: string; readonly points: Curve };

export type CurvesShape = {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  /** Where the time axis lies. */
  readonly zero: number;
  readonly paths: ReadonlyArray<{ readonly key: string; readonly d: string }>;
  readonly ticks: ReadonlyArray<{ readonly y: number; readonly value: number }>;
  readonly times: ReadonlyArray<{ readonly x: number; readonly at: number }>;
  /** All times of all series, ascending. */
  readonly at: ReadonlyArray<number>;
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
};

const TOP_PX = 8;
const FOOT_PX = 22;
const LEFT_PX = 58;
const RIGHT_PX = 6;
const TICKS = 4;
const PX_PER_TIME = 96;
const HOUR_MS = 3_600_000;
const STEPS_MS = [1, 2, 3, 6, 12, 24, 48, 96, 168].map((hours) => hours * HOUR_MS);

/** Where everything of a chart of curves stands; the value axis begins at zero. */
export function curvesShape(series: ReadonlyArray<Series>, width: number, height: number): CurvesShape {
  const at = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort((a, b) => a - b);
  const highest = max(series.flatMap(({ points }) => points.map(([, value]) => value))) ?? 0;
  const [, top] = nice(0, highest > 0 ? highest : 1, TICKS);
  const zero = height - FOOT_PX;
  const first = at[0] ?? 0;
  const span = Math.max(1, (at.at(-1) ?? 1) - first);
  const x = (time: number) => LEFT_PX + ((time - first) / span) * (width - LEFT_PX - RIGHT_PX);
  const y = (value: number) => zero - (value / top) * (zero - TOP_PX);
  const draw = line<readonly [number, number]>()
    .x(([time]) => round(x(time)))
    .y(([, value]) => round(y(value)));
  return {
    width,
    height,
    left: LEFT_PX,
    zero,
    at,
    x,
    y,
    paths: series.map(({ key, points }) => ({ key, d: draw([...points]) ?? "" })),
    ticks: ticks(0, top, TICKS).map((value) => ({ value, y: y(value) })),
    times: timeTicks(first, first + span, width).map((time) => ({ at: time, x: x(time) })),
  };
}

/** Whole steps of hours or days that leave room for their labels. */
function timeTicks(from: number, until: number, width: number): ReadonlyArray<number> {
  const most = Math.max(1, Math.floor((width - LEFT_PX) / PX_PER_TIME));
  const step = STEPS_MS.find((each) => (until - from) / each <= most) ?? 336 * HOUR_MS;
  const found: Array<number> = [];
  for (let time = Math.ceil(from / step) * step; time <= until; time += step) found.push(time);
  return found;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The place in `at` that is nearest to a position; -1 where there is nothing. */
export function nearest(shape: CurvesShape, x: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  shape.at.forEach((time, index) => {
    const away = Math.abs(shape.x(time) - x);
    if (away < distance) {
      distance = away;
      best = index;
    }
  });
  return best;
}

/** What a series says at a time; null where it says nothing then. */
export function valueAt(points: Curve, at: number): number | null {
  return points.find(([time]) => time === at)?.[1] ?? null;
}

const SCALES = [
  [1e9, "Gbit/s"],
  [1e6, "Mbit/s"],
  [1e3, "kbit/s"],
] as const;

/** `12.4 Mbit/s` */
export function formatBits(value: number): string {
  const scale = SCALES.find(([least]) => value >= least);
  if (scale === undefined) return `${number(value, 0)} bit/s`;
  return `${number(value / scale[0], 1)} ${scale[1]}`;
}

export function formatPercent(value: number): string {
  return `${number(value, value < 10 ? 2 : 1)}%`;
}

export function formatBlocks(value: number): string {
  return `${number(value, value < 10 ? 2 : 0)} blocks/s`;
}

function number(value: number, decimals: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: decimals });
}

export type Summary = { readonly highest: number; readonly mean: number };

/** The highest value and the mean; null of nothing. */
export function summary(points: Curve): Summary | null {
  if (points.length === 0) return null;
  const values = points.map(([, value]) => value);
  return { highest: Math.max(...values), mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/** The months that curves can be asked for, newest first: `2026-11`. */
export function monthsSince(created: string | null, now: number, most: number): ReadonlyArray<string> {
  const first = created === null ? Number.NaN : Date.parse(created);
  const found: Array<string> = [];
  const date = new Date(now);
  let [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  while (found.length < most) {
    found.push(`${year}-${String(month + 1).padStart(2, "0")}`);
    if (!(Date.UTC(year, month, 1) > first)) break;
    month -= 1;
    if (month < 0) [year, month] = [year - 1, 11];
  }
  return found;
}
