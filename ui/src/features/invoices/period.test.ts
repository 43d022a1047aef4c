import { describe, expect, it } from "vitest";
import type { Instant } from "../../bindings/contract";
import { monthName, monthsBefore, periodName } from "./period";

const at = (text: string) => text as Instant;

describe("an invoice's period", () => {
  it("is named by its month when it is one", () => {
    expect(periodName(at("2026-10-01T00:00:00Z"), at("2026-11-01T00:00:00Z"))).toBe("October 2026");
    expect(periodName(at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))).toBe("December 2026");
  });

  it("is named by its days when it isn't; the end is not one of them", () => {
    expect(periodName(at("2026-10-01T00:00:00Z"), at("2026-11-15T00:00:00Z"))).toBe("1 Oct 2026 – 14 Nov 2026");
    expect(periodName(at("2026-10-02T00:00:00Z"), at("2026-11-01T00:00:00Z"))).toBe("2 Oct 2026 – 31 Oct 2026");
    expect(periodName(null, at("2026-11-01T00:00:00Z"))).toBe("–");
  });

  it("offers the months that are over", () => {
    expect(monthsBefore(Date.parse("2026-02-28T23:00:00Z"), 3)).toEqual(["2026-01", "2025-12", "2025-11"]);
    expect(monthName("2026-10")).toBe("October 2026");
    expect(monthName("soon")).toBe("soon");
  });
});
