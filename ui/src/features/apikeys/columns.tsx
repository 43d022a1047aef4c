import { Ban, CircleCheck, Clock } from "lucide-react";
import type { ApiKeyRow } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import type { StatusLook } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";

const ACTIVE: StatusLook = { label: "Active", tone: "success", icon: CircleCheck };
const EXPIRED: StatusLook = { label: "Expired", tone: "warning", icon: Clock };
const REVOKED: StatusLook = { label: "Revoked", tone: "neutral", icon: Ban };

export function keyState(row: Pick<ApiKeyRow, "state">): StatusLook {
  if (row.state === "revoked") return REVOKED;
  return row.state === "expired" ? EXPIRED : ACTIVE;
}

export const API_KEY_COLUMNS: ReadonlyArray<GridColumn<ApiKeyRow>> = [
  { id: "name", header: "Name", width: 176, sortable: true, filter: { kind: "text" }, cell: (row) => row.name },
  {
    id: "organization",
    header: "Organization",
    width: 180,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="Of no organization" />,
  },
  {
    id: "email",
    header: "Person",
    width: 176,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.email ?? <Unknown why="Of the organization as a whole" />,
  },
  {
    id: "state",
    header: "Status",
    width: 96,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "active", label: "Active" },
        { value: "expired", label: "Expired" },
        { value: "revoked", label: "Revoked" },
      ],
    },
    cell: (row) => <StatusBadge look={keyState(row)} plain />,
  },
  {
    id: "last_used_at",
    header: "Last used",
    width: 108,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.last_used_at} unknown="Has never been used" />,
  },
  {
    id: "expires_at",
    header: "Expires",
    width: 108,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.expires_at} unknown="Never, until it is revoked" />,
  },
  {
    id: "created_at",
    header: "Created",
    width: 104,
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
