import type { Instant, Money as MoneyText, Rate as RateText } from "../bindings/contract";
import { useNow } from "../lib/clock";
import { cx } from "../lib/cx";
import {
  formatCount,
  formatDetailTime,
  formatExact,
  formatFullTime,
  formatListTime,
  formatMoney,
  formatRate,
  UNKNOWN,
} from "../lib/format";

/** An en dash that says why there is no value. */
export function Unknown({ why = "Not known" }: { why?: string }) {
  return (
    <span className="muted" title={why}>
      <span aria-hidden>{UNKNOWN}</span>
      <span className="sr-only">{why}</span>
    </span>
  );
}

type MoneyProps = { amount: MoneyText | null; currency: string | null; signed?: boolean; className?: string };

export function Money({ amount, currency, signed = false, className }: MoneyProps) {
  if (amount === null) return <Unknown />;
  return <span className={cx("num", className)}>{formatMoney(amount, currency, signed)}</span>;
}

/** An exact amount, with all four of its decimals. */
export function Exact({
  amount,
  currency,
  className,
}: {
  amount: string;
  currency: string | null;
  className?: string;
}) {
  return <span className={cx("num", className)}>{formatExact(amount, currency)}</span>;
}

/** An exact amount to the cent, as money is read; all of its decimals are in the tooltip. */
export function Cents({
  amount,
  currency,
  className,
}: {
  amount: string;
  currency: string | null;
  className?: string;
}) {
  return (
    <span className={cx("num", className)} title={formatExact(amount, currency)}>
      {formatMoney(amount as MoneyText, currency)}
    </span>
  );
}

export function Rate({ rate, currency = "USD" }: { rate: RateText | null; currency?: string | null }) {
  if (rate === null) return <Unknown />;
  return <span className="num">{formatRate(rate, currency)}</span>;
}

export function Count({ value, exact = true }: { value: number | null; exact?: boolean }) {
  if (value === null) return <Unknown />;
  return <span className="num">{formatCount(value, exact)}</span>;
}

type TimeProps = { at: Instant | null; style?: "list" | "detail"; unknown?: string; className?: string };

/** An instant: short in lists, longer in details, the whole truth in the tooltip. */
export function Time({ at, style = "list", unknown = "Not known", className }: TimeProps) {
  const now = useNow();
  if (at === null) return <Unknown why={unknown} />;
  return (
    <time className={cx("num", className)} dateTime={at} title={formatFullTime(at)}>
      {style === "list" ? formatListTime(at, now) : formatDetailTime(at, now)}
    </time>
  );
}
