import { describe, expect, it } from "vitest";
import type { Instant, Money, RevenueBar } from "../../bindings/contract";
import { barAt, centsToDraw, chartShape, firstShown, labelled, tickLabel } from "./chartLogic";

const DAY_MS = 86_400_000;

function bar(day: number, revenue: string, cost: string | null, ahead = "0.00"): RevenueBar {
  return {
    at: `2026-11-${String(day).padStart(2, "0")}T00:00:00Z` as Instant,
    revenue: revenue as Money,
    cost: cost as Money | null,
    margin: null,
    margin_percent: null,
    ahead: ahead as Money,
  };
}

const month = Array.from({ length: 30 }, (_, index) =>
  index < 21 ? bar(index + 1, "200.00", "120.00") : bar(index + 1, index === 21 ? "80.00" : "0.00", "0.00", "100.00"),
);
const chargedUntil = Date.parse("2026-11-22T10:00:00Z");
const shape = chartShape({ bars: month, chargedUntil, stepMs: DAY_MS, width: 646, height: 240 });

describe("amounts are drawn by whole cents", () => {
  it.each([
    ["0", 0],
    ["12.3", 1230],
    ["-0.05", -5],
    ["-1234567.80", -123_456_780],
    ["nonsense", 0],
  ])("%s", (text, cents) => {
    expect(centsToDraw(text as Money)).toBe(cents);
  });
});

describe("the revenue chart", () => {
  it("stacks margin on cost, from zero", () => {
    const [first] = shape.bars;
    if (first === undefined) throw new Error("no bars");
    expect(first.revenueBottom).toBe(shape.zero);
    expect(shape.zero).toBe(216);
    // Cost is 60 % of revenue, and stands below it.
    const full = shape.zero - first.revenueTop;
    expect((shape.zero - (first.costTop ?? 0)) / full).toBeCloseTo(0.6);
    expect(first.lossTop).toBeNull();
    expect(first.partial || first.projected).toBe(false);
  });

  it("fades the day that is not charged to its end, and outlines what is to come", () => {
    expect(shape.bars[21]).toMatchObject({ partial: true, projected: false });
    expect(shape.bars[22]).toMatchObject({ partial: false, projected: true });
    const ahead = shape.bars[22]?.aheadTop ?? Number.NaN;
    expect(shape.zero - ahead).toBeCloseTo((shape.zero - (shape.bars[0]?.revenueTop ?? 0)) / 2);
    expect(shape.bars.filter((each) => each.projected)).toHaveLength(8);
  });

  it("keeps bars inside, apart and in order", () => {
    for (const [index, each] of shape.bars.entries()) {
      const next = shape.bars[index + 1];
      if (next !== undefined) expect(each.x + each.width).toBeLessThan(next.x);
      expect(each.x).toBeGreaterThanOrEqual(shape.left);
      expect(each.x + each.width).toBeLessThanOrEqual(shape.width);
      expect(barAt(shape, each.x + each.width / 2)).toBe(index);
    }
    expect(barAt(shape, 10)).toBeNull();
  });

  it("shows a loss, and what was given back, without breaking", () => {
    const odd = chartShape({
      bars: [bar(1, "10.00", "25.00"), bar(2, "-5.00", "1.00"), bar(3, "0.00", null)],
      chargedUntil: Date.parse("2026-11-04T00:00:00Z"),
      stepMs: DAY_MS,
      width: 300,
      height: 200,
    });
    expect(odd.bars[0]?.lossTop).toBeLessThan(odd.bars[0]?.revenueTop ?? 0);
    expect(odd.bars[1]?.revenueBottom).toBeGreaterThan(odd.zero);
    expect(odd.bars[2]?.costTop).toBeNull();
    const nothing = chartShape({ bars: [], chargedUntil, stepMs: DAY_MS, width: 300, height: 200 });
    expect(nothing.bars).toEqual([]);
    expect(nothing.ticks.length).toBeGreaterThan(1);
  });

  it("reads out the last whole day first", () => {
    expect(firstShown(month, chargedUntil, DAY_MS)).toBe(20);
    expect(firstShown([bar(1, "0.00", null), bar(2, "3.00", null)], 0, DAY_MS)).toBe(1);
    expect(firstShown([bar(1, "0.00", null)], 0, DAY_MS)).toBe(0);
  });

  it("labels round days, and fewer of them in less room", () => {
    expect(labelled(month, 640, false).map((index) => index + 1)).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(labelled(month, 400, false).map((index) => index + 1)).toEqual([1, 10, 20, 30]);
    expect(labelled(month.slice(0, 7), 400, false)).toHaveLength(7);
  });

  it.each([
    [0, "$0"],
    [50_000, "$500"],
    [200_000, "$2k"],
    [250_000, "$2.5k"],
    [300_000_000, "$3M"],
    [50, "$0.50"],
    [-20_000, "\u2212$200"],
  ])("writes the tick %d as %s", (cents, text) => {
    expect(tickLabel(cents, "$")).toBe(text);
  });
});
