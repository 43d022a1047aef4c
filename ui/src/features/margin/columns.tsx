import type { MarginRow } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { Cents, Count, Unknown } from "../../ui/Text";

const LABEL: GridColumn<MarginRow> = {
  id: "label",
  header: "Name",
  width: 200,
  sortable: true,
  filter: { kind: "text" },
  cell: (row) => (row.kind === "other" ? <span className="muted">{row.label}</span> : row.label),
};

const ORGANIZATION: GridColumn<MarginRow> = {
  id: "organization",
  header: "Organization",
  width: 160,
  sortable: true,
  filter: { kind: "text" },
  cell: (row) => row.organization ?? <Unknown why="None" />,
};

const PLAN: GridColumn<MarginRow> = {
  id: "plan",
  header: "Plan",
  width: 140,
  sortable: true,
  filter: { kind: "text" },
  cell: (row) => row.plan ?? <Unknown why="None" />,
};

const KIND: GridColumn<MarginRow> = {
  id: "kind",
  header: "Kind",
  width: 84,
  sortable: true,
  filter: {
    kind: "enum",
    options: [
      { value: "vps", label: "Server" },
      { value: "container", label: "Container" },
    ],
  },
  cell: (row) => (row.kind === "vps" ? "Server" : row.kind === "container" ? "Container" : <Unknown why="None" />),
};

const RESOURCES: GridColumn<MarginRow> = {
  id: "resources",
  header: "Resources",
  width: 80,
  align: "right",
  sortable: true,
  filter: { kind: "number" },
  cell: (row) => <Count value={row.resources} />,
};

const HOURS: GridColumn<MarginRow> = {
  id: "hours",
  header: "Hours",
  width: 80,
  align: "right",
  sortable: true,
  filter: { kind: "number" },
  cell: (row) => <Count value={row.hours} />,
};

const FIGURES: ReadonlyArray<GridColumn<MarginRow>> = [
  {
    id: "revenue",
    header: "Revenue",
    width: 110,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Cents amount={row.revenue} currency="USD" />,
  },
  {
    id: "cost",
    header: "Provider cost",
    width: 110,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => <Cost row={row} />,
  },
  {
    id: "margin",
    header: "Margin",
    width: 110,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) => (
      <Cents amount={row.margin} currency="USD" {...(row.margin.startsWith("-") ? { className: "fg-danger" } : {})} />
    ),
  },
  {
    id: "percent",
    header: "Margin %",
    width: 84,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    // Of what no resource brings there is no share worth telling.
    cell: (row) => <Percent percent={row.resources === 0 ? null : row.percent} />,
  },
];

/** The columns of each grouping; constants, since a grid tells them apart by identity. */
export const MARGIN_COLUMNS: Readonly<
  Record<"plan" | "organization" | "server", ReadonlyArray<GridColumn<MarginRow>>>
> = {
  plan: [LABEL, KIND, RESOURCES, HOURS, ...FIGURES],
  organization: [LABEL, RESOURCES, HOURS, ...FIGURES],
  server: [LABEL, KIND, ORGANIZATION, PLAN, HOURS, ...FIGURES],
};

export function Percent({ percent }: { readonly percent: string | null }) {
  if (percent === null) return <Unknown why="There was no revenue" />;
  return <span className={percent.startsWith("-") ? "num fg-danger" : "num"}>{percent.replace("-", "−")} %</span>;
}

function Cost({ row }: { readonly row: MarginRow }) {
  if (row.uncosted === 0) return <Cents amount={row.cost} currency="USD" />;
  const why =
    row.uncosted === row.resources ? "No cost is known" : `Of ${row.uncosted} of ${row.resources} no cost is known`;
  return (
    <span className="fg-warning" title={why}>
      <Cents amount={row.cost} currency="USD" />
      <span className="sr-only">. {why}</span>
    </span>
  );
}
