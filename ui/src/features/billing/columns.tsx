import type { ChargeRow, RunRow } from "../../bindings/contract";
import { formatExact, formatMonth } from "../../lib/format";
import { tookText } from "../../lib/taskText";
import type { GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { runStatus } from "../../ui/status";
import { Count, Money, Time, Unknown } from "../../ui/Text";
import { runDurationMs } from "./words";

const STATUSES = ["open", "completed", "partial", "failed", "cancelled", "collected"].map((status) => ({
  value: status,
  label: runStatus({ status, is_alive: true }).label,
}));

export const RUN_COLUMNS: ReadonlyArray<GridColumn<RunRow>> = [
  {
    id: "id",
    header: "Run",
    width: 72,
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <span className="medium num fg-link">{`#${row.id}`}</span>,
  },
  {
    id: "run_at",
    header: "Charged up to",
    width: 132,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.run_at} style="detail" />,
  },
  {
    id: "organizations",
    header: "Organizations",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Count value={row.organizations} />,
  },
  {
    id: "resources",
    header: "Resources",
    width: 88,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Count value={row.resources} />,
  },
  {
    id: "hours",
    header: "Hours",
    width: 84,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Count value={row.hours} />,
  },
  {
    id: "charged",
    header: "Charged",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Money amount={row.charged} currency={row.currency} className="medium" />,
  },
  {
    id: "skipped",
    header: "Left out",
    width: 76,
    align: "right",
    cell: (row) => <Problem count={row.skipped} />,
  },
  {
    id: "parked",
    header: "Parked",
    width: 76,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Problem count={row.parked} />,
  },
  {
    id: "finished_at",
    header: "Duration",
    width: 88,
    align: "right",
    cell: (row) => <Duration run={row} />,
  },
  {
    id: "status",
    header: "Status",
    width: 116,
    sortable: true,
    filter: { kind: "enum", options: STATUSES },
    cell: (row) => <StatusBadge look={runStatus(row)} />,
  },
  {
    id: "started_by",
    header: "By",
    width: 116,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.started_by ?? <span className="muted">csctl</span>,
  },
  {
    id: "started_at",
    header: "Started",
    width: 84,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.started_at} />,
  },
];

/** None is quiet; some is something to look at. */
function Problem({ count }: { count: number }) {
  return <span className={count === 0 ? "num muted" : "num fg-danger"}>{count.toLocaleString("en-US")}</span>;
}

export function Duration({ run }: { run: RunRow }) {
  const ms = runDurationMs(run);
  return ms === null ? <Unknown why="It has not ended" /> : <span className="num">{tookText(ms)}</span>;
}

export const CHARGE_COLUMNS: ReadonlyArray<GridColumn<ChargeRow>> = [
  {
    id: "organization",
    header: "Organization",
    width: 220,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization,
  },
  {
    id: "usage_month",
    header: "Month of use",
    width: 108,
    sortable: true,
    cell: (row) => <span className="num">{formatMonth(row.usage_month)}</span>,
  },
  {
    id: "hours",
    header: "Hours",
    width: 84,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Count value={row.hours} />,
  },
  {
    id: "usage",
    header: "Usage",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <span className="num">{formatExact(row.usage, row.currency)}</span>,
  },
  {
    id: "carry_in",
    header: "Carried in",
    width: 92,
    align: "right",
    cell: (row) => <span className="num muted">{formatExact(row.carry_in, row.currency)}</span>,
  },
  {
    id: "amount",
    header: "Charged",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Money amount={row.amount} currency={row.currency} className="medium" />,
  },
  {
    id: "carry_out",
    header: "Carried on",
    width: 92,
    align: "right",
    cell: (row) => <span className="num muted">{formatExact(row.carry_out, row.currency)}</span>,
  },
  {
    id: "transaction_id",
    header: "Transaction",
    width: 96,
    align: "right",
    cell: (row) =>
      row.transaction_id === null ? (
        <Unknown why="Less than a cent: carried on" />
      ) : (
        <span className="mono">{row.transaction_id}</span>
      ),
  },
];
