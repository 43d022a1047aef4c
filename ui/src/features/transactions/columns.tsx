import type { TransactionRow, TransactionType } from "../../bindings/contract";
import type { FilterOption, GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { TRANSACTION_STATUS, TRANSACTION_TYPE } from "../../ui/status";
import { Money, Time, Unknown } from "../../ui/Text";

const TYPES: ReadonlyArray<FilterOption> = Object.entries(TRANSACTION_TYPE).map(([value, label]) => ({ value, label }));
const STATUSES: ReadonlyArray<FilterOption> = Object.entries(TRANSACTION_STATUS).map(([value, look]) => ({
  value,
  label: look.label,
}));

export const TRANSACTION_COLUMNS: ReadonlyArray<GridColumn<TransactionRow>> = [
  {
    id: "organization",
    header: "Organization",
    width: 200,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="No organization" />,
  },
  {
    id: "amount",
    header: "Amount",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Money amount={row.amount} currency={row.currency} signed />,
  },
  {
    id: "type",
    header: "Type",
    width: 88,
    sortable: true,
    filter: { kind: "enum", options: TYPES },
    cell: (row) => typeLabel(row.type) ?? <Unknown />,
  },
  {
    id: "status",
    header: "Status",
    width: 104,
    sortable: true,
    filter: { kind: "enum", options: STATUSES },
    cell: (row) => <StatusBadge look={TRANSACTION_STATUS[row.status]} plain />,
  },
  {
    id: "payment_method",
    header: "Method",
    width: 104,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.payment_method ?? <Unknown why="None given" />,
  },
  {
    id: "payment_id",
    header: "Payment ID",
    width: 108,
    filter: { kind: "text" },
    cell: (row) =>
      row.payment_id === null ? <Unknown why="None given" /> : <span className="mono">{row.payment_id}</span>,
  },
  {
    id: "reason",
    header: "Reason",
    width: 180,
    filter: { kind: "text" },
    cell: (row) => row.reason ?? <Unknown why="None given" />,
  },
  {
    id: "created_by",
    header: "By",
    width: 112,
    sortable: true,
    cell: (row) => row.created_by ?? <Unknown why="Not a person of this list" />,
  },
  {
    id: "created_at",
    header: "Time",
    width: 84,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.created_at} />,
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

/** The ledger's word for a type; one that another program wrote is shown as it is. */
export function typeLabel(type: string | null): string | null {
  if (type === null) return null;
  return isType(type) ? TRANSACTION_TYPE[type] : type;
}

function isType(type: string): type is TransactionType {
  return Object.hasOwn(TRANSACTION_TYPE, type);
}
