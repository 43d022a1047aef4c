import type { NotificationRow } from "../../bindings/contract";
import type { GridColumn } from "../../table/columns";
import { NOTIFICATION_TYPES, notificationLook } from "../../ui/notificationLook";
import { StatusBadge } from "../../ui/StatusBadge";
import { Time, Unknown } from "../../ui/Text";

export const NOTIFICATION_COLUMNS: ReadonlyArray<GridColumn<NotificationRow>> = [
  {
    id: "type",
    header: "About",
    width: 108,
    sortable: true,
    filter: { kind: "enum", options: NOTIFICATION_TYPES },
    cell: (row) => <StatusBadge look={notificationLook(row.type)} plain />,
  },
  {
    id: "title",
    header: "What happened",
    width: 300,
    sortable: true,
    filter: { kind: "text" },
    cell: (row) => <span className={row.is_read ? undefined : "bold"}>{row.title}</span>,
  },
  {
    id: "message",
    header: "More",
    width: 420,
    filter: { kind: "text" },
    cell: (row) => row.message ?? <Unknown why="Nothing more" />,
  },
  {
    id: "is_read",
    header: "Read",
    width: 84,
    sortable: true,
    filter: {
      kind: "enum",
      options: [
        { value: "false", label: "Unread" },
        { value: "true", label: "Read" },
      ],
    },
    cell: (row) => (row.is_read ? <span className="muted">Read</span> : <span className="medium">Unread</span>),
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
];
