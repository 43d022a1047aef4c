import { TriangleAlert } from "lucide-react";
import type { PlanRow, PriceAlarm, ResourceKind } from "../../bindings/contract";
import { formatCount } from "../../lib/format";
import type { GridColumn } from "../../table/columns";
import { Count, Money, Rate, Unknown } from "../../ui/Text";

export const KIND: Readonly<Record<ResourceKind, string>> = { vps: "Server", container: "Container" };

const NO_COST = "Not known, or not for your role";

export const PLAN_COLUMNS: ReadonlyArray<GridColumn<PlanRow>> = [
  {
    id: "name",
    header: "Plan",
    width: 150,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.name,
  },
  {
    id: "kind",
    header: "Kind",
    width: 80,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "vps", label: KIND.vps },
        { value: "container", label: KIND.container },
      ],
    },
    cell: (row) => KIND[row.kind],
  },
  {
    id: "linode_type",
    header: "Type",
    width: 120,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) =>
      row.linode_type === null ? <Unknown why="None" /> : <span className="mono">{row.linode_type}</span>,
  },
  {
    id: "memory_mb",
    header: "Size",
    width: 184,
    sortable: true,
    cell: (row) => planSize(row) ?? <Unknown />,
  },
  {
    id: "regions",
    header: "Regions",
    width: 72,
    filter: { kind: "text" },
    cell: (row) => (row.regions.length === 0 ? <span className="muted">All</span> : row.regions.join(", ")),
  },
  {
    id: "base_cost",
    header: "Cost per hour",
    width: 100,
    align: "right",
    sortable: true,
    cell: (row) =>
      row.alarm !== null ? (
        <span className="plan-alarm" title={alarmText(row.alarm)}>
          <TriangleAlert className="icon-xs" aria-hidden />
          <Rate rate={row.base_cost} />
          <span className="sr-only">. {alarmText(row.alarm)}</span>
        </span>
      ) : row.base_cost === null ? (
        <Unknown why={NO_COST} />
      ) : (
        <Rate rate={row.base_cost} />
      ),
  },
  {
    id: "markup",
    header: "Markup",
    width: 84,
    align: "right",
    sortable: true,
    cell: (row) => (row.markup === null ? <Unknown why={NO_COST} /> : <span className="num">{row.markup} %</span>),
  },
  {
    id: "rate",
    header: "Rate per hour",
    width: 100,
    align: "right",
    sortable: true,
    cell: (row) => (row.rate === null ? <span className="fg-warning">No rate</span> : <Rate rate={row.rate} />),
  },
  {
    id: "monthly_rate",
    header: "Cap per month",
    width: 104,
    align: "right",
    sortable: true,
    filter: { kind: "money" },
    cell: (row) =>
      row.monthly_rate === null ? (
        <span className="muted">Uncapped</span>
      ) : (
        <Money amount={row.monthly_rate} currency="USD" />
      ),
  },
  {
    id: "resources",
    header: "In use",
    width: 60,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <Count value={row.resources} />,
  },
  {
    id: "is_active",
    header: "Sold",
    width: 64,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "true", label: "Active" },
        { value: "false", label: "Inactive" },
      ],
    },
    cell: (row) => (row.is_active ? "Active" : <span className="muted">Inactive</span>),
  },
  {
    id: "at_loss",
    header: "At a loss",
    width: 84,
    hidden: true,
    filter: {
      kind: "enum",
      options: [
        { value: "true", label: "Costs more than it brings" },
        { value: "false", label: "No" },
      ],
    },
    cell: (row) => (row.alarm === null ? <span className="muted">No</span> : <span className="fg-danger">Yes</span>),
  },
];

/** What the provider takes now, where that is more than we do. */
export function alarmText(alarm: PriceAlarm): string {
  const hour = alarm.hourly === null ? null : `$${alarm.hourly} an hour`;
  const month = alarm.monthly === null ? null : `$${alarm.monthly} a month at most`;
  const takes = [hour, month].filter((each) => each !== null).join(", ");
  const where = alarm.region === "" ? "" : ` in ${alarm.region}`;
  return `The provider takes ${takes}${where}: more than we charge.`;
}

/** "4 vCPU · 8 GB · 160 GB": cores, memory and disk, as far as they are known. */
export function planSize(row: PlanRow): string | null {
  const cores = row.vcpus === null ? (row.cpu_cores === null ? null : coresText(row.cpu_cores)) : `${row.vcpus} vCPU`;
  const parts = [cores, memory(row.memory_mb), row.disk_gb === null ? null : `${formatCount(row.disk_gb)} GB`];
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.join(" \u00b7 ");
}

/** "1 core", "0.5 cores": without the zeros that a decimal of two places carries. */
function coresText(cores: string): string {
  const count = Number(cores);
  return count === 1 ? "1 core" : `${count} cores`;
}

/** Whole gigabytes as such, anything else in megabytes: no fraction is ever made. */
export function memory(mb: number | null): string | null {
  if (mb === null) return null;
  return mb % 1024 === 0 ? `${formatCount(mb / 1024)} GB` : `${formatCount(mb)} MB`;
}
