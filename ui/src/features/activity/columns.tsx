import type { ActivityRow } from "../../bindings/contract";
import type { FilterOption, GridColumn } from "../../table/columns";
import { Time, Unknown } from "../../ui/Text";
import { Thing, thingWord } from "./things";

const TYPES: ReadonlyArray<FilterOption> = [
  "organization",
  "user",
  "session",
  "ticket",
  "ticket_message",
  "server",
  "container",
  "plan",
  "container_plan",
  "transaction",
  "wallet",
  "invoice",
  "billing_run",
  "parked_resource",
  "resource_terms",
  "provider",
  "theme",
  "settings",
  "api_key",
  "desk",
  "workspace_key",
].map((value) => ({ value, label: thingWord(value) }));

export const ACTIVITY_COLUMNS: ReadonlyArray<GridColumn<ActivityRow>> = [
  {
    id: "created_at",
    header: "Time",
    width: 88,
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.created_at} unknown="Written without a time" />,
  },
  {
    id: "who",
    header: "Who",
    width: 136,
    filter: { kind: "text" },
    cell: (row) => row.who ?? <Login row={row} />,
  },
  { id: "role", header: "As", width: 76, cell: (row) => row.role ?? <Unknown why="No person’s role" /> },
  {
    id: "action",
    header: "Action",
    width: 176,
    filter: { kind: "text" },
    cell: (row) => <span className="mono">{row.action}</span>,
  },
  {
    id: "resource_type",
    header: "Thing",
    width: 152,
    filter: { kind: "enum", options: TYPES },
    cell: (row) => <Thing row={row} />,
  },
  {
    id: "summary",
    header: "What changed",
    width: 224,
    cell: (row) => (row.summary === "" ? <Unknown why="Nothing more is told" /> : row.summary),
  },
  {
    id: "organization",
    header: "Organization",
    width: 148,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="Of no organization" />,
  },
  {
    id: "ip_address",
    header: "IP",
    width: 108,
    cell: (row) =>
      row.ip_address === null ? <Unknown why="Not over a network" /> : <span className="mono">{row.ip_address}</span>,
  },
  {
    id: "login",
    header: "Login",
    width: 140,
    hidden: true,
    cell: (row) => (row.login === null ? <Unknown why="None named" /> : <span className="mono">{row.login}</span>),
  },
  {
    id: "resource_id",
    header: "Thing’s ID",
    width: 92,
    hidden: true,
    filter: { kind: "text" },
    cell: (row) => row.resource_id ?? <Unknown why="None named" />,
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

/** A program without a person: the login that it came over. */
function Login({ row }: { readonly row: ActivityRow }) {
  if (row.login === null) return <Unknown why="Neither a person nor a login is named" />;
  return <span className="mono muted">{row.login}</span>;
}
