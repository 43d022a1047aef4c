import type { Instant, Money, Rate } from "../bindings/contract";

/** U+2212: as wide as a plus sign, and never broken from its number. */
const MINUS = "\u2212";
/** What stands where a value is not known. */
export const UNKNOWN = "\u2013";

const CHARGE_DECIMALS = 2;
const RATE_DECIMALS = 4;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const DECIMAL = /^-?\d+(\.\d+)?$/;

const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(decimals: number, currency: string | null, signed: boolean): Intl.NumberFormat {
  const key = `${decimals}|${currency ?? ""}|${signed}`;
  let format = formatters.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: signed ? "exceptZero" : "negative",
      ...(currency === null ? {} : { style: "currency", currency, currencyDisplay: "narrowSymbol" }),
    });
    formatters.set(key, format);
  }
  return format;
}

function decimal(value: string, decimals: number, currency: string | null, signed: boolean): string {
  if (!DECIMAL.test(value)) return UNKNOWN;
  // Intl formats decimal strings exactly; a float would not keep the last cent of large sums.
  const exact = value as Intl.StringNumericLiteral;
  try {
    return numberFormat(decimals, currency, signed).format(exact).replace("-", MINUS);
  } catch {
    // A currency that is no ISO code: the number alone, with the code as it is.
    return `${numberFormat(decimals, null, signed).format(exact).replace("-", MINUS)} ${currency ?? ""}`.trim();
  }
}

/** `$1,234.50`, `−$12.00`; without a currency the number alone. A rate is rounded to what money has. */
export function formatMoney(amount: Money | Rate | null, currency: string | null, signed = false): string {
  return amount === null ? UNKNOWN : decimal(amount, CHARGE_DECIMALS, currency, signed);
}

/** `$0.1224`: a rate per hour. */
export function formatRate(rate: Rate | null, currency: string | null = "USD"): string {
  return rate === null ? UNKNOWN : decimal(rate, RATE_DECIMALS, currency, false);
}

/** `$12.3456`: what usage costs exactly, before it is charged by the cent. */
export function formatExact(amount: string | null, currency: string | null): string {
  return amount === null ? UNKNOWN : decimal(amount, RATE_DECIMALS, currency, false);
}

const counts = new Intl.NumberFormat("en-US");

/** `2,140`; `100,000+` when only a lower bound is known. */
export function formatCount(count: number | null, exact = true): string {
  if (count === null) return UNKNOWN;
  return `${counts.format(count).replace("-", MINUS)}${exact ? "" : "+"}`;
}

/** `1 ticket`, `2 tickets`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

// Written out rather than through Intl: its British English says "Sept", its American puts the month first.
function dayMonth(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
}

function dayMonthYear(at: number): string {
  return `${dayMonth(at)} ${new Date(at).getUTCFullYear()}`;
}

function hourMinute(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** Times a little ahead are of an answer that came after the last tick. */
const AHEAD_MS = 5 * MINUTE_MS;

function ageOf(at: number, now: number): number {
  const age = now - at;
  return age < 0 && age > -AHEAD_MS ? 0 : age;
}

function parse(instant: Instant | null): number | null {
  if (instant === null) return null;
  const at = Date.parse(instant);
  return Number.isNaN(at) ? null : at;
}

/** `32 min`, `3 h`, `2 d`: how long, without saying of what. */
export function formatDuration(ms: number): string {
  const length = Math.abs(ms);
  if (length < MINUTE_MS) return "1 min";
  if (length < HOUR_MS) return `${Math.floor(length / MINUTE_MS)} min`;
  if (length < DAY_MS) return `${Math.floor(length / HOUR_MS)} h`;
  return `${Math.floor(length / DAY_MS)} d`;
}

/** `Nov 2026`, of the month's first day as `2026-11-01`. */
export function formatMonth(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return UNKNOWN;
  return `${MONTHS[new Date(at).getUTCMonth()] ?? ""} ${new Date(at).getUTCFullYear()}`;
}

/** For lists: `2 min` under a day, then `22 Nov`, then `22 Nov 2025`. */
export function formatListTime(instant: Instant | null, now: number): string {
  const at = parse(instant);
  if (at === null) return UNKNOWN;
  const age = ageOf(at, now);
  if (age >= 0 && age < MINUTE_MS) return "now";
  if (age >= 0 && age < DAY_MS) return formatDuration(age);
  const sameYear = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear();
  return sameYear ? dayMonth(at) : dayMonthYear(at);
}

/** For details: `19:02, 32 min ago` under a day, else `20 Nov 2026, 19:02`. */
export function formatDetailTime(instant: Instant | null, now: number): string {
  const at = parse(instant);
  if (at === null) return UNKNOWN;
  const age = ageOf(at, now);
  const time = hourMinute(at);
  if (age >= 0 && age < MINUTE_MS) return `${time}, just now`;
  if (age >= 0 && age < DAY_MS) return `${time}, ${formatDuration(age)} ago`;
  return `${dayMonthYear(at)}, ${time}`;
}

/** `19:34` */
export function formatClock(at: number): string {
  return hourMinute(at);
}

/** `22 Nov 2026, 19:34` */
export function formatDateClock(at: number): string {
  return `${dayMonthYear(at)}, ${hourMinute(at)}`;
}

/** `22 Nov 2026` */
export function formatDate(instant: Instant | null): string {
  const at = parse(instant);
  return at === null ? UNKNOWN : dayMonthYear(at);
}

/** The whole truth, for a tooltip: ISO time in UTC, and the same here. */
export function formatFullTime(instant: Instant | null): string {
  const at = parse(instant);
  if (at === null) return "Not known";
  const here = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(at);
  const there = `${dayMonthYear(at)}, ${new Date(at).toISOString().slice(11, 19)} UTC`;
  return `${new Date(at).toISOString()}\n${there}\n${here} here`;
}

/** How a due time reads and how pressing it is. */
export type DueText = { text: string; level: "none" | "warning" | "danger"; overdue: boolean };

const PRESSING_MS = 30 * MINUTE_MS;
const SOON_MS = 2 * HOUR_MS;

/** `18 min`, `4 h`, `Mon 09:00`, `3 Dec`; overdue: `18 min over`. */
export function formatDue(instant: Instant, now: number): DueText {
  const at = parse(instant);
  if (at === null) return { text: UNKNOWN, level: "none", overdue: false };
  const left = at - now;
  if (left <= 0) return { text: `${formatDuration(left)} over`, level: "danger", overdue: true };
  const level = left < PRESSING_MS ? "danger" : left < SOON_MS ? "warning" : "none";
  if (left < DAY_MS) return { text: formatDuration(left), level, overdue: false };
  if (left < 6 * DAY_MS)
    return { text: `${WEEKDAYS[new Date(at).getUTCDay()]} ${hourMinute(at)}`, level, overdue: false };
  return { text: dayMonth(at), level, overdue: false };
}

/** `MO` of Maya Okafor; `?` of nobody. */
export function initials(name: string | null): string {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.at(0) ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.at(0) ?? "") : "";
  return (first + last).toUpperCase();
}

/** `lish_boot` as "Lish boot". */
export function sentence(word: string): string {
  const text = word.replaceAll(/[._]/g, " ").trim();
  return text === "" ? "Something" : text.charAt(0).toUpperCase() + text.slice(1);
}
