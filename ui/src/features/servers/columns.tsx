import type { ServerRow } from "../../bindings/contract";
import type { FilterOption, GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { serverStatus } from "../../ui/status";
import { Rate, Time, Unknown } from "../../ui/Text";
import { PRESENCE_OPTIONS, Presence } from "./Presence";

/** What the provider documents; a status of another name is found with the search field or by sorting. */
const STATUSES: ReadonlyArray<FilterOption> = [
  "running",
  "offline",
  "stopped",
  "provisioning",
  "booting",
  "rebooting",
  "shutting_down",
  "migrating",
  "resizing",
  "rebuilding",
  "cloning",
  "restoring",
  "deleting",
  "billing_suspension",
].map((value) => ({ value, label: value === "offline" ? "Stopped (offline)" : serverStatus(value).label }));

export const SERVER_COLUMNS: ReadonlyArray<GridColumn<ServerRow>> = [
  {
    id: "label",
    header: "Label",
    width: 140,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => serverName(row),
  },
  {
    id: "status",
    header: "Status",
    width: 108,
    sortable: true,
    filter: { kind: "enum", options: STATUSES },
    cell: (row) => <StatusBadge look={serverStatus(row.status)} plain />,
  },
  {
    id: "organization",
    header: "Organization",
    width: 160,
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
    width: 126,
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
    id: "region",
    header: "Region",
    width: 88,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.region ?? <Unknown />,
  },
  {
    id: "ipv4",
    header: "IPv4",
    width: 116,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => (row.ipv4 === null ? <Unknown why="None" /> : <span className="mono">{row.ipv4}</span>),
  },
  {
    id: "presence",
    header: "At provider",
    width: 84,
    sortable: true,
    filter: { kind: "enum", options: PRESENCE_OPTIONS },
    cell: (row) => <Presence row={row} />,
  },
  {
    id: "account",
    header: "Account",
    width: 120,
    hidden: true,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.account ?? <Unknown why="No account" />,
  },
  {
    id: "ipv6",
    header: "IPv6",
    width: 200,
    hidden: true,
    filter: { kind: "text" },
    cell: (row) => (row.ipv6 === null ? <Unknown why="None" /> : <span className="mono">{row.ipv6}</span>),
  },
  {
    id: "image",
    header: "Image",
    width: 140,
    hidden: true,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.image ?? <Unknown />,
  },
  {
    id: "linode_id",
    header: "Linode ID",
    width: 96,
    align: "right",
    hidden: true,
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => (row.linode_id === null ? <Unknown why="None" /> : <span className="mono">{row.linode_id}</span>),
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

/** What a server is called: its label, or what else names it. */
export function serverName(row: ServerRow): string {
  return row.label ?? (row.linode_id === null ? `Server ${row.id}` : `Linode ${row.linode_id}`);
}
