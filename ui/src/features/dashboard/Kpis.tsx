import { line } from "d3-shape";
import { CircleAlert, TrendingDown, TrendingUp } from "lucide-react";
import type { ReactNode } from "react";
import type { DashboardSummary, Period, RevenueAnswer } from "../../bindings/contract";
import { formatCount, formatMoney, formatRate, plural } from "../../lib/format";
import { centsToDraw, wholeBars } from "./chartLogic";
import { earlierNote, STEP_MS } from "./words";

const TITLE: Readonly<Record<Period, string>> = {
  day: "Revenue, 24 hours",
  week: "Revenue, 7 days",
  month: "Revenue, month to date",
};
const DAY_MS = 86_400_000;

type KpisProps = {
  readonly period: Period;
  readonly revenue: RevenueAnswer | undefined;
  readonly summary: DashboardSummary | undefined;
};

/** The strip of figures. An amount that is still being read leaves its place empty, so that nothing jumps. */
export function Kpis({ period, revenue, summary }: KpisProps) {
  const seesCost = revenue === undefined || revenue.margin !== null;
  return (
    <dl className="kpis selectable" data-columns={seesCost ? 5 : 4}>
      <Kpi
        title={TITLE[period]}
        value={revenue && formatMoney(revenue.revenue, revenue.currency)}
        note={revenue && <Change value={revenue.change} unit="%" note={earlierNote(period, revenue)} />}
      >
        {revenue && <Sparkline values={wholeBars(revenue, STEP_MS[period]).map((bar) => bar.revenue)} />}
      </Kpi>
      {seesCost && (
        <Kpi
          title="Gross margin"
          value={revenue?.margin && formatMoney(revenue.margin.margin, revenue.currency)}
          unit={revenue?.margin?.percent == null ? null : `${minus(revenue.margin.percent)}%`}
          note={
            revenue?.margin && (
              <Change
                value={revenue.margin.points}
                unit=" pt"
                note={`cost ${formatMoney(revenue.margin.cost, revenue.currency)}`}
              />
            )
          }
        />
      )}
      <Kpi
        title="Usage rate now"
        value={summary && formatMoney(summary.hourly, summary.currency)}
        valueTitle={summary && `${formatRate(summary.hourly, summary.currency)} in the next hour, by what is in force`}
        unit="/h"
        note={
          revenue?.month_end == null ? (
            summary && `${plural(summary.containers, "container")}, ${plural(servers(summary), "server")}`
          ) : (
            <span className="truncate">About {formatMoney(revenue.month_end, revenue.currency)} by month end</span>
          )
        }
      />
      <Kpi
        title="Wallet balances held"
        value={summary && formatMoney(summary.held, summary.currency)}
        note={summary && <Owing summary={summary} />}
      />
      <Kpi
        title="Receivables overdue"
        value={summary && formatMoney(summary.overdue_amount, summary.currency)}
        note={summary && overdueNote(summary)}
      />
    </dl>
  );
}

type KpiProps = {
  readonly title: string;
  readonly value: string | undefined | null;
  readonly valueTitle?: string | undefined;
  readonly unit?: string | null;
  readonly note: ReactNode;
  readonly children?: ReactNode;
};

function Kpi({ title, value, valueTitle, unit = null, note, children }: KpiProps) {
  const known = value !== undefined && value !== null;
  return (
    <div>
      <dt>{title}</dt>
      <dd className="kpi-value" title={valueTitle}>
        {known ? value : <span className="kpi-wait" role="status" aria-label={`${title} is being read`} />}
        {known && unit !== null && <small> {unit}</small>}
      </dd>
      <dd className="kpi-note">{note ?? <span aria-hidden>&nbsp;</span>}</dd>
      {children}
    </div>
  );
}

function Change({
  value,
  unit,
  note,
}: {
  readonly value: string | null;
  readonly unit: string;
  readonly note: string;
}) {
  if (value === null)
    return <span className="truncate">{note.startsWith("vs ") ? "Nothing before to compare" : note}</span>;
  const down = value.startsWith("-");
  const Icon = down ? TrendingDown : TrendingUp;
  return (
    <>
      <span className={down ? "fg-warning row gap-4" : "fg-success row gap-4"}>
        <Icon className="icon-xs" aria-hidden />
        <span className="sr-only">{down ? "down " : "up "}</span>
        {value.replace("-", "")}
        {unit}
      </span>
      <span className="truncate">{note}</span>
    </>
  );
}

function Owing({ summary }: { readonly summary: DashboardSummary }) {
  const foreign =
    summary.foreign_wallets > 0 ? `${plural(summary.foreign_wallets, "wallet")} of other currencies not summed` : null;
  if (summary.owing === 0) return <span className="truncate">{foreign ?? "Nobody owes anything"}</span>;
  return (
    <>
      <span className="fg-danger row gap-4">
        <CircleAlert className="icon-xs" aria-hidden />
        {formatCount(summary.owing)} at zero
      </span>
      <span className="truncate" title={foreign ?? undefined}>
        owe {formatMoney(summary.owed, summary.currency)}
      </span>
    </>
  );
}

function overdueNote(summary: DashboardSummary): ReactNode {
  if (summary.overdue === 0) return <span className="truncate">No invoice is past its grace</span>;
  const days =
    summary.overdue_since === null
      ? null
      : Math.floor((Date.parse(summary.now) - Date.parse(summary.overdue_since)) / DAY_MS);
  return (
    <span className="truncate">
      {plural(summary.overdue, "invoice")}
      {days === null ? "" : `, oldest ${plural(days, "day")}`}
    </span>
  );
}

function servers(summary: DashboardSummary): number {
  return summary.fleet.reduce((sum, each) => sum + each.count, 0);
}

function minus(text: string): string {
  return text.replace("-", "\u2212");
}

const SPARK = { width: 64, height: 20 };

/** How revenue has gone; the chart below has it with its values. */
function Sparkline({ values }: { readonly values: ReadonlyArray<RevenueAnswer["revenue"]> }) {
  const heights = values.map(centsToDraw);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  if (heights.length < 2 || low === high) return null;
  const path = line<number>(
    (_, index) => (index / (heights.length - 1)) * SPARK.width,
    (value) => SPARK.height - 2 - ((value - low) / (high - low)) * (SPARK.height - 4),
  )(heights);
  return (
    <svg className="sparkline" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} aria-hidden="true">
      <path d={path ?? ""} />
    </svg>
  );
}
