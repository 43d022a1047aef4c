import type { InvoiceRow } from "../../bindings/contract";
import { isNothing } from "../../lib/amounts";
import type { FilterOption, GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { INVOICE_STATE, invoiceState } from "../../ui/status";
import { Money, Time, Unknown } from "../../ui/Text";
import { periodName } from "./period";

const STATES: ReadonlyArray<FilterOption> = Object.entries(INVOICE_STATE).map(([value, look]) => ({
  value,
  label: look.label,
}));

export const INVOICE_COLUMNS: ReadonlyArray<GridColumn<InvoiceRow>> = [
  {
    id: "number",
    header: "Number",
    width: 136,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => <span className="mono">{invoiceName(row)}</span>,
  },
  {
    id: "organization",
    header: "Organization",
    width: 216,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="No organization" />,
  },
  {
    id: "period_start",
    header: "Period",
    width: 132,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) =>
      row.period_start === null ? (
        <Unknown why="No period given" />
      ) : (
        <span className="num">{periodName(row.period_start, row.period_end)}</span>
      ),
  },
  {
    id: "amount",
    header: "Amount",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Money amount={row.amount} currency={row.currency} />,
  },
  {
    id: "amount_paid",
    header: "Paid",
    width: 104,
    align: "right",
    sortable: true,
    cell: (row) => <Money amount={row.amount_paid} currency={row.currency} />,
  },
  {
    id: "due",
    header: "Due",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => (
      <Money
        amount={row.due}
        currency={row.currency}
        className={isNothing(row.due) ? "muted" : row.state === "in_review" ? "medium" : "medium fg-danger"}
      />
    ),
  },
  {
    id: "state",
    header: "Status",
    width: 104,
    sortable: true,
    filter: { kind: "enum", options: STATES },
    cell: (row) => <StatusBadge look={invoiceState(row.state)} plain />,
  },
  {
    id: "created_at",
    header: "Issued",
    width: 88,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.created_at} />,
  },
  {
    id: "paid_at",
    header: "Paid on",
    width: 88,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.paid_at} unknown="Not paid in full" />,
  },
  {
    id: "currency",
    header: "Currency",
    width: 84,
    hidden: true,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.currency ?? <Unknown why="No wallet" />,
  },
  {
    id: "id",
    header: "ID",
    width: 84,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <span className="mono">{row.id}</span>,
  },
];

/** Its number; by its id where another program gave it none. */
export function invoiceName(row: InvoiceRow): string {
  return row.number ?? `Invoice ${row.id}`;
}
