import { Link, useRouter } from "@tanstack/react-router";
import { Bell } from "lucide-react";
import { useState } from "react";
import type { ListRequest, NotificationRow, ShellSummary } from "../bindings/contract";
import { targetPath, useMark } from "../ipc/notifications";
import { useRead, useWrite } from "../ipc/queries";
import { cx } from "../lib/cx";
import { plural } from "../lib/format";
import { Button, IconButton } from "../ui/Button";
import { notificationLook } from "../ui/notificationLook";
import { Popover } from "../ui/Popover";
import { Time } from "../ui/Text";
import "./notifications.css";

/** As many as fit without scrolling; the rest has a page. */
const SHOWN = 8;
const NEWEST: ListRequest = { search: null, filters: [], sort: null, after: null, limit: SHOWN };

/** What a person should know, in a popover at the app bar's end. */
export function Notifications({ summary }: { summary: ShellSummary | undefined }) {
  const [open, setOpen] = useState(false);
  const unread = summary?.notifications_unread ?? 0;
  return (
    <Popover
      title="Notifications"
      align="end"
      className="notifications"
      open={open}
      onOpenChange={setOpen}
      trigger={<IconButton icon={Bell} label="Notifications" badge={unread} />}
    >
      <Newest unread={unread} waiting={summary?.tickets_mine_unanswered ?? 0} onLeave={() => setOpen(false)} />
    </Popover>
  );
}

type NewestProps = { unread: number; waiting: number; onLeave: () => void };

/** Mounted while the popover is open, so that nothing is read for a closed one. */
function Newest({ unread, waiting, onLeave }: NewestProps) {
  const read = useRead("notifications.list", NEWEST, { keepPrevious: true });
  const markAll = useWrite("notifications.mark_all_read");
  const rows = read.data?.rows;
  const newest = rows?.reduce((highest, row) => Math.max(highest, row.id), 0) ?? 0;
  return (
    <>
      {waiting > 0 && (
        <p className="waiting">
          <span className="grow">{plural(waiting, "ticket")} of yours without an answer</span>
          <Link to="/tickets" search={{ queue: "mine" }} className="btn btn-sm" onClick={onLeave}>
            Open queue
          </Link>
        </p>
      )}
      {rows === undefined ? (
        <p className="muted">{read.error === null ? "Reading…" : read.error.error.message}</p>
      ) : rows.length === 0 ? (
        <p className="muted">Nothing yet. What is assigned to you and what needs you is told here.</p>
      ) : (
        <ul className="notification-list">
          {rows.map((row) => (
            <Entry key={row.id} row={row} onLeave={onLeave} />
          ))}
        </ul>
      )}
      <p className="popover-foot notification-foot">
        <Button
          size="sm"
          variant="ghost"
          pending={markAll.isPending}
          disabledReason={unread === 0 ? "All are read." : null}
          onClick={() => markAll.mutate({ newest_id: newest })}
        >
          Mark all as read
        </Button>
        <span className="grow" />
        <Link to="/notifications" className="btn btn-sm" onClick={onLeave}>
          All notifications
        </Link>
      </p>
    </>
  );
}

function Entry({ row, onLeave }: { row: NotificationRow; onLeave: () => void }) {
  const { history } = useRouter();
  const mark = useMark();
  const look = notificationLook(row.type);
  return (
    <li>
      <button
        type="button"
        className={cx("notification", !row.is_read && "notification-unread")}
        onClick={() => {
          mark([row], true);
          if (row.target === null) return;
          onLeave();
          history.push(targetPath(row.target));
        }}
      >
        <look.icon className={`icon-s fg-${look.tone}`} aria-label={look.label} />
        <span className="grow">
          <span className="notification-title">
            {!row.is_read && <span className="sr-only">Unread: </span>}
            {row.title}
          </span>
          {row.message !== null && <span className="notification-text">{row.message}</span>}
        </span>
        <Time at={row.created_at} className="tiny muted" />
      </button>
    </li>
  );
}
