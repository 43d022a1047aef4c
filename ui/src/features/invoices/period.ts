import type { Instant } from "../../bindings/contract";
import { formatDate, UNKNOWN } from "../../lib/format";

const MONTH_NAMES = [
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

/** `October 2026` of `2026-10`; anything else as it is. */
export function monthName(month: string): string {
  const [, year, number] = /^(\d{4})-(\d{2})$/.exec(month) ?? [];
  const name = MONTH_NAMES[Number(number) - 1];
  return name === undefined ? month : `${name} ${year}`;
}

/** `October 2026` where the days are a whole month's, else `1 Oct 2026 – 15 Nov 2026`. The end is not included. */
export function periodName(start: Instant | null, end: Instant | null): string {
  if (start === null || end === null) return start === null ? UNKNOWN : `From ${formatDate(start)}`;
  const [from, to] = [new Date(start), new Date(end)];
  const next = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  const isMonth = from.getUTCDate() === 1 && start.slice(11, 19) === "00:00:00" && next.getTime() === to.getTime();
  if (isMonth) return monthName(start.slice(0, 7));
  const last = new Date(to.getTime() - 1).toISOString() as Instant;
  return `${formatDate(start)} – ${formatDate(last)}`;
}

/** The months before this one, newest first: `2026-10`, `2026-09`, … */
export function monthsBefore(now: number, count: number): Array<string> {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1 - index, 1)).toISOString().slice(0, 7),
  );
}
