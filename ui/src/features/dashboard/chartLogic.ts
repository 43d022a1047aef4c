import { nice, ticks } from "d3-array";
import type { Money, RevenueBar } from "../../bindings/contract";

const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,2})\d*)?$/;

/** Whole cents of an amount, to draw with and never to show: what is read comes from the string. */
export function centsToDraw(amount: Money | null): number {
  const parts = DECIMAL.exec(amount ?? "");
  if (parts === null) return 0;
  const cents = BigInt((parts[2] ?? "0") + (parts[3] ?? "").padEnd(2, "0"));
  return Number(parts[1] === "-" ? -cents : cents);
}

export type BarShape = {
  x: number;
  width: number;
  /** Revenue, from zero. */
  revenueTop: number;
  revenueBottom: number;
  /** The part of revenue that went to the provider; null for roles that see no cost. */
  costTop: number | null;
  /** Cost that revenue did not cover. */
  lossTop: number | null;
  /** Revenue with what is still to be charged for the bar's time. */
  aheadTop: number | null;
  /** Its time has not been charged to its end. */
  partial: boolean;
  /** Its time has not begun to be charged. */
  projected: boolean;
};

export type ChartShape = {
  width: number;
  height: number;
  left: number;
  zero: number;
  bars: ReadonlyArray<BarShape>;
  ticks: ReadonlyArray<{ y: number; cents: number }>;
};

export type ChartInput = {
  bars: ReadonlyArray<RevenueBar>;
  /** Up to when billing has charged, in milliseconds. */
  chargedUntil: number;
  stepMs: number;
  width: number;
  height: number;
};

const TOP_PX = 10;
const FOOT_PX = 24;
const LEFT_PX = 46;
const TICKS = 4;

/** Where everything of the chart stands. Bars begin at zero, and the scale holds the tallest of them. */
export function chartShape({ bars, chargedUntil, stepMs, width, height }: ChartInput): ChartShape {
  const values = bars.map((bar) => ({
    at: Date.parse(bar.at),
    revenue: centsToDraw(bar.revenue),
    cost: bar.cost === null ? null : centsToDraw(bar.cost),
    ahead: centsToDraw(bar.ahead),
  }));
  const highest = Math.max(100, ...values.map((bar) => Math.max(bar.revenue + bar.ahead, bar.cost ?? 0)));
  const lowest = Math.min(0, ...values.map((bar) => bar.revenue));
  // Not d3-scale: what it brings along assigns to objects whose prototype the window has frozen.
  const [low, high] = nice(lowest, highest, TICKS);
  const y = (cents: number) => height - FOOT_PX - ((cents - low) / (high - low)) * (height - FOOT_PX - TOP_PX);
  const room = width - LEFT_PX;
  const padding = room / Math.max(1, bars.length) > 18 ? 0.3 : 0.2;
  const slot = room / Math.max(1, bars.length + padding);
  const x = (index: number) => LEFT_PX + (index + padding) * slot;
  const zero = y(0);
  return {
    width,
    height,
    left: LEFT_PX,
    zero,
    ticks: ticks(low, high, TICKS).map((cents) => ({ y: y(cents), cents })),
    bars: values.map((bar, index): BarShape => {
      const projected = bar.at >= chargedUntil && bar.revenue === 0;
      return {
        x: x(index),
        width: slot * (1 - padding),
        revenueTop: y(Math.max(0, bar.revenue)),
        revenueBottom: y(Math.min(0, bar.revenue)),
        costTop: bar.cost === null ? null : y(Math.max(0, Math.min(bar.cost, bar.revenue))),
        lossTop: bar.cost !== null && bar.cost > Math.max(0, bar.revenue) ? y(bar.cost) : null,
        aheadTop: bar.ahead > 0 ? y(Math.max(0, bar.revenue) + bar.ahead) : null,
        partial: !projected && bar.at + stepMs > chargedUntil,
        projected,
      };
    }),
  };
}

/** `$2k`, `$500`, `$0.50`: a tick of the axis, which is round. */
export function tickLabel(cents: number, sign: string): string {
  const size = Math.abs(cents);
  const minus = cents < 0 ? "\u2212" : "";
  const short = (unit: number, suffix: string) => `${minus}${sign}${size / unit}${suffix}`;
  if (size >= 100_000_000) return short(100_000_000, "M");
  if (size >= 100_000) return short(100_000, "k");
  return size % 100 === 0 ? short(100, "") : `${minus}${sign}${(size / 100).toFixed(2)}`;
}

/** Which bars have a label under them: the first, the last, and round ones between, as many as there is room for. */
export function labelled(bars: ReadonlyArray<RevenueBar>, width: number, hourly: boolean): ReadonlyArray<number> {
  if (bars.length <= 7) return bars.map((_, index) => index);
  const every = width > 520 ? 5 : 10;
  return bars.flatMap((bar, index) => {
    const date = new Date(bar.at);
    const number = hourly ? date.getUTCHours() : date.getUTCDate();
    if (hourly) return number % (width > 520 ? 3 : 6) === 0 ? [index] : [];
    const edge = index === 0 || index === bars.length - 1;
    const near = index > 0 && (index < 2 || index > bars.length - 3);
    return edge || (number % every === 0 && !near) ? [index] : [];
  });
}

/** The bar under a pointer. */
export function barAt(shape: ChartShape, offsetX: number): number | null {
  const slot = (shape.width - shape.left) / Math.max(1, shape.bars.length);
  const index = Math.floor((offsetX - shape.left) / slot);
  return index >= 0 && index < shape.bars.length ? index : null;
}

/** Bars whose time has been charged to its end: the others would look like a fall. */
export function wholeBars(
  { bars, charged_until }: { readonly bars: ReadonlyArray<RevenueBar>; readonly charged_until: string },
  stepMs: number,
): ReadonlyArray<RevenueBar> {
  return bars.filter((bar) => Date.parse(bar.at) + stepMs <= Date.parse(charged_until));
}

/** The bar that is read out at first: the last one that has been charged to its end, else the last that has anything. */
export function firstShown(bars: ReadonlyArray<RevenueBar>, chargedUntil: number, stepMs: number): number {
  const whole = bars.findLastIndex((bar) => Date.parse(bar.at) + stepMs <= chargedUntil);
  if (whole >= 0) return whole;
  return Math.max(
    0,
    bars.findLastIndex((bar) => centsToDraw(bar.revenue) !== 0),
  );
}
