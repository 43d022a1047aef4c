import { ArrowRight } from "lucide-react";
import type { DriftItem } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { serverStatus } from "../../ui/status";
import { Cents, Time, Unknown } from "../../ui/Text";
import { DRIFT_KIND, KINDS } from "./kinds";

export const DRIFT_COLUMNS: ReadonlyArray<GridColumn<DriftItem>> = [
  {
    id: "label",
    header: "What",
    width: 150,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.label,
  },
  {
    id: "kind",
    header: "Differs",
    width: 150,
    sortable: true,
    filter: { kind: "enum", options: KINDS.map((kind) => ({ value: kind, label: DRIFT_KIND[kind].label })) },
    cell: (row) => <StatusBadge look={DRIFT_KIND[row.kind]} plain />,
  },
  {
    id: "there",
    header: "Here, and there",
    width: 220,
    cell: (row) => <HereThere row={row} />,
  },
  {
    id: "organization",
    header: "Organization",
    width: 150,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="Assigned to nobody" />,
  },
  {
    id: "account",
    header: "Account",
    width: 110,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.account ?? <Unknown why="No name" />,
  },
  {
    id: "monthly",
    header: "Per month",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Worth row={row} />,
  },
  {
    id: "since",
    header: "Since",
    width: 84,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.since} />,
  },
  {
    id: "observed_at",
    header: "As read",
    width: 84,
    align: "right",
    sortable: true,
    cell: (row) => <Time at={row.observed_at} unknown="Never read" />,
  },
  {
    id: "external_id",
    header: "Provider ID",
    width: 100,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => <span className="mono">{row.external_id}</span>,
  },
  {
    id: "resource_kind",
    header: "Kind",
    width: 84,
    hidden: true,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "vps", label: "Server" },
        { value: "container", label: "Container" },
      ],
    },
    cell: (row) => (row.resource_kind === "vps" ? "Server" : "Container"),
  },
];

export function Worth({ row }: { readonly row: DriftItem }) {
  if (row.monthly === null) return <Unknown why="Not known, or not for your role" />;
  return <Cents amount={row.monthly} currency="USD" />;
}

/** "g6-nanode-1 → g6-standard-1"; of what is on one side only, that side. */
export function HereThere({ row }: { readonly row: DriftItem }) {
  if (row.kind === "overcharged") {
    return (
      <>
        {row.plan ?? "No plan"} <span className="muted">{row.is_gone ? "gone there" : "missing there"}</span>
      </>
    );
  }
  if (row.here === null && row.kind !== "address") {
    return row.there === null ? <Unknown /> : <span className="mono">{row.there}</span>;
  }
  return (
    <span className="drift-sides">
      {side(row, row.here)}
      <ArrowRight className="icon-xs muted" aria-label="and there" />
      {side(row, row.there)}
    </span>
  );
}

function side(row: DriftItem, value: string | null) {
  if (value === null) return <Unknown why="None" />;
  return row.kind === "status" ? serverStatus(value).label : <span className="mono">{value}</span>;
}
