import { describe, expect, it } from "vitest";
import type { Instant, Money, Rate } from "../bindings/contract";
import {
  formatCount,
  formatDate,
  formatDetailTime,
  formatDue,
  formatFullTime,
  formatListTime,
  formatMoney,
  formatRate,
  initials,
  plural,
} from "./format";

const money = (text: string): Money => text as Money;
const at = (text: string): Instant => text as Instant;
const NOW = Date.parse("2026-11-22T19:34:00Z");

describe("money", () => {
  it("formats decimal strings exactly, beyond what a float keeps", () => {
    expect(formatMoney(money("9007199254740993.07"), "USD")).toBe("$9,007,199,254,740,993.07");
  });

  it("writes a real minus sign and no parentheses", () => {
    expect(formatMoney(money("-412.77"), "USD")).toBe("\u2212$412.77");
  });

  it("always has two decimals, zero too", () => {
    expect(formatMoney(money("0"), "USD")).toBe("$0.00");
    expect(formatMoney(money("12.5"), "EUR")).toBe("\u20AC12.50");
    expect(formatMoney(money("1200"), "JPY")).toBe("\u00A51,200.00");
  });

  it("says the sign of a change, but not of zero", () => {
    expect(formatMoney(money("63.43"), "USD", true)).toBe("+$63.43");
    expect(formatMoney(money("-18.21"), "USD", true)).toBe("\u2212$18.21");
    expect(formatMoney(money("0.00"), "USD", true)).toBe("$0.00");
  });

  it("leaves the sign of the currency out where there is none", () => {
    expect(formatMoney(money("1234.5"), null)).toBe("1,234.50");
  });

  it("keeps a code that is no currency", () => {
    expect(formatMoney(money("-5"), "CREDITS")).toBe("\u22125.00 CREDITS");
  });

  it("shows what is unknown, and what is no number, as an en dash", () => {
    expect(formatMoney(null, "USD")).toBe("\u2013");
    expect(formatMoney(money("NaN"), "USD")).toBe("\u2013");
    expect(formatMoney(money("1e3"), "USD")).toBe("\u2013");
  });

  it("gives rates four decimals", () => {
    expect(formatRate("0.1224" as Rate)).toBe("$0.1224");
    expect(formatRate(null)).toBe("\u2013");
  });
});

describe("numbers", () => {
  it("groups, and says when a count is only a lower bound", () => {
    expect(formatCount(2140)).toBe("2,140");
    expect(formatCount(100_000, false)).toBe("100,000+");
    expect(formatCount(null)).toBe("\u2013");
  });

  it("agrees with its noun", () => {
    expect(plural(1, "ticket")).toBe("1 ticket");
    expect(plural(0, "ticket")).toBe("0 tickets");
    expect(plural(2, "reply", "replies")).toBe("2 replies");
  });
});

describe("times in lists", () => {
  it.each([
    ["2026-11-22T19:33:30Z", "now"],
    ["2026-11-22T19:32:00Z", "2 min"],
    ["2026-11-22T16:34:00Z", "3 h"],
    ["2026-11-21T19:34:01Z", "23 h"],
    ["2026-11-21T19:34:00Z", "21 Nov"],
    ["2026-09-30T23:59:59Z", "30 Sep"],
    ["2025-11-22T19:34:00Z", "22 Nov 2025"],
    ["2026-11-22T19:34:20Z", "now"],
  ])("%s is %s", (instant, expected) => {
    expect(formatListTime(at(instant), NOW)).toBe(expected);
  });

  it("shows what is no time as an en dash", () => {
    expect(formatListTime(null, NOW)).toBe("\u2013");
    expect(formatListTime(at("yesterday"), NOW)).toBe("\u2013");
  });
});

describe("times in details", () => {
  it("says the time and the age under a day, else the date", () => {
    expect(formatDetailTime(at("2026-11-22T19:02:11Z"), NOW)).toBe("19:02, 31 min ago");
    expect(formatDetailTime(at("2026-11-20T08:05:00Z"), NOW)).toBe("20 Nov 2026, 08:05");
  });

  it("is in UTC, whatever the computer's zone", () => {
    expect(formatDate(at("2026-01-01T00:30:00Z"))).toBe("1 Jan 2026");
  });

  it("tells the whole truth in the tooltip", () => {
    const full = formatFullTime(at("2026-11-22T19:02:11Z"));
    expect(full).toContain("2026-11-22T19:02:11.000Z");
    expect(full).toContain("22 Nov 2026, 19:02:11 UTC");
  });
});

describe("due times", () => {
  it.each([
    ["2026-11-22T19:52:00Z", "18 min", "danger", false],
    ["2026-11-22T20:15:00Z", "41 min", "warning", false],
    ["2026-11-22T23:34:00Z", "4 h", "none", false],
    ["2026-11-25T09:00:00Z", "Wed 09:00", "none", false],
    ["2026-12-03T09:00:00Z", "3 Dec", "none", false],
    ["2026-11-22T19:16:00Z", "18 min over", "danger", true],
  ])("%s is %s", (instant, text, level, overdue) => {
    expect(formatDue(at(instant), NOW)).toEqual({ text, level, overdue });
  });
});

describe("initials", () => {
  it.each([
    ["Maya Okafor", "MO"],
    ["Ines de Carvalho", "IC"],
    ["maya", "M"],
    ["  ", "?"],
    [null, "?"],
  ])("%s: %s", (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});
