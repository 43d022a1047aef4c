import type { ContainerRow } from "../../bindings/contract";
import type { FilterOption, GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { CONTAINER_STATUSES, containerStatus } from "../../ui/status";
import { Rate, Time, Unknown } from "../../ui/Text";

const STATUSES: ReadonlyArray<FilterOption> = CONTAINER_STATUSES.map((value) => ({
  value,
  label: containerStatus(value).label,
}));

const PRESENCE: Readonly<Record<ContainerRow["presence"], string>> = {
  present: "Present",
  missing: "Not seen",
  gone: "Gone",
  unknown: "Not looked for",
};

export const CONTAINER_COLUMNS: ReadonlyArray<GridColumn<ContainerRow>> = [
  {
    id: "name",
    header: "Name",
    width: 160,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => containerName(row),
  },
  {
    id: "status",
    header: "Status",
    width: 108,
    sortable: true,
    filter: { kind: "enum", options: STATUSES },
    cell: (row) => <StatusBadge look={containerStatus(stateOf(row))} plain />,
  },
  {
    id: "host",
    header: "Host",
    width: 128,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.host ?? <Unknown why="Nobody knows on which host it is" />,
  },
  {
    id: "image",
    header: "Image",
    width: 176,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => (row.image === null ? <Unknown /> : <span className="mono">{row.image}</span>),
  },
  {
    id: "organization",
    header: "Organization",
    width: 176,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="Assigned to nobody: not billed" />,
  },
  {
    id: "assigned",
    header: "Assigned",
    width: 88,
    hidden: true,
    filter: {
      kind: "enum",
      options: [
        { value: "true", label: "To somebody" },
        { value: "false", label: "Unassigned" },
      ],
    },
    cell: (row) => (row.assigned ? "Yes" : "No"),
  },
  {
    id: "plan",
    header: "Plan",
    width: 120,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.plan ?? <Unknown why="No plan" />,
  },
  {
    id: "hourly_rate",
    header: "Rate per hour",
    width: 104,
    align: "right",
    sortable: true,
    cell: (row) => <Rate rate={row.hourly_rate} />,
  },
  {
    id: "presence",
    header: "On its host",
    width: 104,
    hidden: true,
    filter: {
      kind: "enum",
      options: [
        { value: "present", label: "Present" },
        { value: "missing", label: "Not seen" },
        { value: "gone", label: "Gone" },
        { value: "unknown", label: "Not looked for" },
      ],
    },
    cell: (row) => PRESENCE[row.presence],
  },
  {
    id: "container_id",
    header: "Container ID",
    width: 120,
    hidden: true,
    filter: { kind: "text" },
    cell: (row) =>
      row.container_id === null ? <Unknown why="None" /> : <span className="mono">{row.container_id}</span>,
  },
  {
    id: "last_billed_at",
    header: "Billed until",
    width: 92,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.last_billed_at} unknown="Never billed" />,
  },
  {
    id: "created_at",
    header: "Created",
    width: 92,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.created_at} />,
  },
  {
    id: "id",
    header: "ID",
    width: 72,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => <span className="mono">{row.id}</span>,
  },
];

/** The state that stands in lists: what its host has no more runs nowhere, and what runs may not be well. */
export function stateOf(row: ContainerRow): string | null {
  if (row.presence === "gone") return "gone";
  return row.status === "running" && row.health === "unhealthy" ? "unhealthy" : row.status;
}

/** What a container is called: its name, or what else names it. */
export function containerName(row: ContainerRow): string {
  return row.name ?? row.container_id?.slice(0, 12) ?? `Container ${row.id}`;
}
