/** At most what NUMERIC(10,2) of the ledger holds. */
const WHOLE_DIGITS_MAX = 8;
const AMOUNT = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

export type TypedAmount =
  | { readonly ok: true; readonly amount: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a deposit's amount as it was typed: digits, a point, two decimals; commas only where thousands have them, so that
 * "1,50" is asked about rather than read as 150. Text in, text out: no number is ever made of it.
 */
export function readAmount(typed: string): TypedAmount {
  const text = typed.trim();
  if (text === "") return { ok: false, problem: "Enter an amount." };
  if (/^[-\u2212]/.test(text)) return { ok: false, problem: "A deposit adds money: enter an amount above zero." };
  const parts = AMOUNT.exec(text);
  const whole = parts?.[1]?.replaceAll(",", "").replace(/^0+(?=\d)/, "");
  if (whole === undefined) {
    return { ok: false, problem: "Enter an amount such as 250.00, with a point and at most two decimals." };
  }
  if (whole.length > WHOLE_DIGITS_MAX) return { ok: false, problem: "Enter at most 99,999,999.99." };
  const amount = `${whole}.${(parts?.[2] ?? "").padEnd(2, "0")}`;
  return /^0+\.00$/.test(amount) ? { ok: false, problem: "Enter an amount above zero." } : { ok: true, amount };
}
