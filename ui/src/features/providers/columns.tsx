import type { SyncRow } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { Count, Time, Unknown } from "../../ui/Text";
import { SYNC_STATUSES, syncStatus } from "./looks";

function count(id: keyof SyncRow & string, header: string, value: (row: SyncRow) => number): GridColumn<SyncRow> {
  return { id, header, width: 68, align: "right", cell: (row) => <Count value={value(row)} /> };
}

export const SYNC_COLUMNS: ReadonlyArray<GridColumn<SyncRow>> = [
  {
    id: "started_at",
    header: "Began",
    width: 84,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.started_at} />,
  },
  {
    id: "account",
    header: "Account",
    width: 120,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.account,
  },
  {
    id: "status",
    header: "Status",
    width: 116,
    sortable: true,
    filter: { kind: "enum", options: SYNC_STATUSES },
    cell: (row) => <StatusBadge look={syncStatus(row.status)} plain />,
  },
  count("seen", "Seen", (row) => row.seen),
  count("added", "Added", (row) => row.added),
  count("changed", "Changed", (row) => row.changed),
  count("gone", "Gone", (row) => row.gone),
  count("returned", "Back", (row) => row.returned),
  {
    id: "started_by",
    header: "By",
    width: 104,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.started_by ?? <Unknown why="A program" />,
  },
  {
    id: "error",
    header: "What happened",
    width: 220,
    cell: (row) => row.error ?? (row.notes.length > 0 ? notes(row.notes.length) : <Unknown why="Nothing to tell" />),
  },
];

function notes(number: number): string {
  return number === 1 ? "1 note" : `${number} notes`;
}
