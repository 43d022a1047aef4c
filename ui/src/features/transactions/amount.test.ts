import { describe, expect, it } from "vitest";
import { readAmount } from "./amount";

describe("an amount as it was typed", () => {
  it.each([
    ["250", "250.00"],
    [" 250.5 ", "250.50"],
    ["0.01", "0.01"],
    ["007", "7.00"],
    ["1,234,567.89", "1234567.89"],
    ["99999999.99", "99999999.99"],
  ])("%s is %s", (typed, amount) => {
    expect(readAmount(typed)).toEqual({ ok: true, amount });
  });

  it.each(["", "0", "0.00", "-5", "−5", "1,50", "1.505", "1e3", "0x10", "NaN", "$5", "5 USD", "1.", ".5", "100000000"])(
    "%s is asked about",
    (typed) => {
      expect(readAmount(typed).ok).toBe(false);
    },
  );

  it("keeps every digit that a float would lose", () => {
    expect(readAmount("70368744.17")).toEqual({ ok: true, amount: "70368744.17" });
  });
});
