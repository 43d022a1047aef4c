import { Link } from "@tanstack/react-router";
import { Bell } from "lucide-react";
import { useState } from "react";
import type { ShellSummary } from "../bindings/contract";
import { plural } from "../lib/format";
import { IconButton } from "../ui/Button";
import { Popover } from "../ui/Popover";

/** What waits for this person, in a popover at the app bar's end. */
export function Notifications({ summary }: { summary: ShellSummary | undefined }) {
  const [open, setOpen] = useState(false);
  const waiting = summary?.tickets_mine_unanswered ?? 0;
  const unread = summary?.notifications_unread ?? 0;
  return (
    <Popover
      title="Waiting for you"
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={<IconButton icon={Bell} label="Notifications" badge={waiting + unread} />}
    >
      {waiting === 0 && unread === 0 && <p className="muted">Nothing. All of your tickets have an answer.</p>}
      <ul className="waiting-list">
        {waiting > 0 && (
          <li>
            <span className="grow">{plural(waiting, "ticket")} of yours without an answer</span>
            <Link to="/tickets" search={{ queue: "mine" }} className="btn btn-sm" onClick={() => setOpen(false)}>
              Open queue
            </Link>
          </li>
        )}
        {unread > 0 && <li>{plural(unread, "unread message")} from the system</li>}
      </ul>
    </Popover>
  );
}
