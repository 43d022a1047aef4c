import type { Money, Period, RevenueAnswer } from "../../bindings/contract";
import { formatMoney } from "../../lib/format";

export const PERIODS: ReadonlyArray<{ value: Period; label: string }> = [
  { value: "day", label: "24 h" },
  { value: "week", label: "7 d" },
  { value: "month", label: "Month to date" },
];

export const STEP_MS: Readonly<Record<Period, number>> = { day: 3_600_000, week: 86_400_000, month: 86_400_000 };

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

function day(date: Date): string {
  return `${date.getUTCDate()} ${(MONTHS[date.getUTCMonth()] ?? "").slice(0, 3)}`;
}

function clock(date: Date): string {
  return date.toISOString().slice(11, 16);
}

/** `1–22 November 2026`, `16–22 Nov 2026`, `21 Nov 20:00 – 22 Nov 19:34 UTC`. */
export function periodNote(period: Period, { since, now }: RevenueAnswer): string {
  const [from, to] = [new Date(since), new Date(now)];
  if (period === "day") return `${day(from)} ${clock(from)} – ${day(to)} ${clock(to)} UTC`;
  if (period === "month") {
    const month = `${MONTHS[to.getUTCMonth()]} ${to.getUTCFullYear()}`;
    return to.getUTCDate() === 1 ? `1 ${month}` : `1–${to.getUTCDate()} ${month}`;
  }
  const sameMonth = from.getUTCMonth() === to.getUTCMonth();
  return `${sameMonth ? from.getUTCDate() : day(from)}–${day(to)} ${to.getUTCFullYear()}`;
}

/** What the period is compared with: `vs 1–22 October`. */
export function earlierNote(period: Period, { earlier_since, earlier_until }: RevenueAnswer): string {
  if (period === "day") return "vs the 24 h before";
  if (period === "week") return "vs the 7 days before";
  const [from, to] = [new Date(earlier_since), new Date(Date.parse(earlier_until) - 1)];
  const last = to.getUTCDate();
  return `vs ${last === 1 ? "1" : `1–${last}`} ${MONTHS[from.getUTCMonth()]}`;
}

/** `Fri 20 Nov`; `Fri 14:00`. */
export function barName(at: string, period: Period): string {
  const date = new Date(at);
  const weekday = DAYS[date.getUTCDay()] ?? "";
  return period === "day" ? `${weekday} ${clock(date)}` : `${weekday} ${day(date)}`;
}

/** Under the axis: `20 Nov`; `14:00`. */
export function barLabel(at: string, period: Period): string {
  const date = new Date(at);
  return period === "day" ? clock(date) : day(date);
}

/** `$`, `€`, or the code with a space where there is no sign. */
export function currencySign(currency: string): string {
  const zero = formatMoney("0.00" as Money, currency);
  return zero.replace(/[\d.,]/g, "").trim() || `${currency} `;
}
