import { Ban, CircleCheck } from "lucide-react";
import type { UserRow } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import { ROLE, type StatusLook } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";
import { ROLE_OPTIONS } from "./roles";

const ACTIVE: StatusLook = { label: "Active", tone: "success", icon: CircleCheck };
const DISABLED: StatusLook = { label: "Disabled", tone: "neutral", icon: Ban };

export function userStatus(row: Pick<UserRow, "is_disabled">): StatusLook {
  return row.is_disabled ? DISABLED : ACTIVE;
}

/** The person's name, as far as it is known; the address otherwise. */
export function personName(row: Pick<UserRow, "email" | "first_name" | "last_name">): string {
  return [row.first_name, row.last_name].filter((part) => part !== null && part !== "").join(" ") || row.email;
}

export const USER_COLUMNS: ReadonlyArray<GridColumn<UserRow>> = [
  {
    id: "email",
    header: "E-mail",
    width: 224,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.email,
  },
  {
    id: "first_name",
    header: "First name",
    width: 104,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.first_name ?? <Unknown />,
  },
  {
    id: "last_name",
    header: "Last name",
    width: 112,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.last_name ?? <Unknown />,
  },
  {
    id: "role",
    header: "Role",
    width: 92,
    sortable: true,
    filter: { kind: "enum", options: ROLE_OPTIONS },
    cell: (row) => ROLE[row.role],
  },
  {
    id: "organization",
    header: "Organization",
    width: 164,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => row.organization ?? <Unknown why="Staff belong to no organization" />,
  },
  {
    id: "is_disabled",
    header: "Status",
    width: 96,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "false", label: "Active" },
        { value: "true", label: "Disabled" },
      ],
    },
    cell: (row) => <StatusBadge look={userStatus(row)} plain />,
  },
  {
    id: "has_second_factor",
    header: "Second factor",
    width: 104,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "true", label: "On" },
        { value: "false", label: "Off" },
      ],
    },
    cell: (row) => (row.has_second_factor ? "On" : <Unknown why="Off" />),
  },
  {
    id: "email_verified",
    header: "Address confirmed",
    width: 136,
    hidden: true,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "true", label: "Yes" },
        { value: "false", label: "No" },
      ],
    },
    cell: (row) => (row.email_verified ? "Yes" : "No"),
  },
  {
    id: "last_login",
    header: "Last sign-in",
    width: 108,
    align: "right",
    sortable: true,
    filter: { kind: "time" },
    cell: (row) => <Time at={row.last_login} unknown="Has never signed in" />,
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
