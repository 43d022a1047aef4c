import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Bell, CheckCheck, Copy, Mail, MailOpen, SquareArrowOutUpRight } from "lucide-react";
import type { Filter, NotificationRow, Sort } from "../../bindings/contract";
import { TARGET_WORDS, targetPath, useMark } from "../../ipc/notifications";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { plural } from "../../lib/format";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { encodeFilters, parseFilters } from "../../table/listSearch";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { Segmented } from "../../ui/Segmented";
import { showToast } from "../../ui/Toast";
import { NOTIFICATION_COLUMNS } from "./columns";

const USUAL: Sort = { column: "created_at", descending: true };
const UNREAD: Filter = { column: "is_read", op: "is", values: ["false"] };

/** All that this person was told, newest first. */
export function NotificationsPage() {
  const search = useSearch({ from: "/notifications" });
  const navigate = useNavigate();
  const { history } = useRouter();
  const { preferences } = usePreferences();
  const line = useWriteReason("notifications");
  const summary = useRead("shell.summary", {}).data;
  const unread = summary?.notifications_unread ?? 0;
  const mark = useMark();
  const markAll = useWrite("notifications.mark_all_read");
  const request = listRequest(search, NOTIFICATION_COLUMNS, USUAL);
  const read = useReadPages(
    "notifications.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<NotificationRow>(read);
  const newest = data.rows.reduce((highest, row) => Math.max(highest, row.id), 0);
  const onlyUnread = request.filters.some((filter) => filter.column === "is_read" && filter.values.includes("false"));

  function show(only: "all" | "unread"): void {
    const others = parseFilters(search.f).filter((filter) => filter.column !== "is_read");
    const f = encodeFilters(only === "unread" ? [...others, UNREAD] : others);
    void navigate({ to: "/notifications", search: { ...search, f, id: undefined }, replace: true });
  }

  function open(row: NotificationRow): void {
    mark([row], true);
    if (row.target !== null) history.push(targetPath(row.target));
  }

  return (
    <>
      <PageHeader title="Notifications">
        <Segmented
          label="Which notifications"
          value={onlyUnread ? "unread" : "all"}
          options={[
            { value: "all", label: "All" },
            { value: "unread", label: "Unread", count: summary === undefined ? null : unread },
          ]}
          onChange={show}
        />
        <Button
          icon={CheckCheck}
          pending={markAll.isPending}
          disabledReason={line ?? (unread === 0 ? "All are read." : newest === 0 ? "Nothing is shown." : null)}
          onClick={() =>
            markAll.mutate(
              { newest_id: newest },
              { onSuccess: ({ changed }) => showToast({ title: `${plural(changed, "notification")} marked as read` }) },
            )
          }
        >
          Mark all as read
        </Button>
      </PageHeader>
      <DataGrid
        grid="notifications"
        label="Notifications"
        one="notification"
        many="notifications"
        columns={NOTIFICATION_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/notifications", search: next, replace: true })}
        searchHint="Words of a notification"
        singleLetters={preferences.single_key_shortcuts}
        onOpen={open}
        actions={(row) => [
          {
            kind: "item",
            label: row.target === null ? "Open" : TARGET_WORDS[row.target.kind],
            icon: SquareArrowOutUpRight,
            shortcut: "Enter",
            disabledReason: row.target === null ? "It leads nowhere." : null,
            onSelect: () => open(row),
          },
          {
            kind: "item",
            label: row.is_read ? "Mark as unread" : "Mark as read",
            icon: row.is_read ? Mail : MailOpen,
            disabledReason: line,
            onSelect: () => mark([row], !row.is_read),
          },
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy text",
            icon: Copy,
            onSelect: () => void copyText([row.title, row.message].filter(Boolean).join("\n"), "Text copied"),
          },
        ]}
        empty={{
          icon: Bell,
          title: "Nothing yet",
          text: "Tickets that colleagues give you, customers who reply, balances that run low and billing runs that need you are told here.",
        }}
      />
    </>
  );
}

function rowId(row: NotificationRow): number {
  return row.id;
}

function rowName(row: NotificationRow): string {
  return row.title;
}
