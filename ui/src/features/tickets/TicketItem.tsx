import { Timer } from "lucide-react";
import type { CSSProperties } from "react";
import type { TicketRow } from "../../bindings/contract";
import { useNow } from "../../lib/clock";
import { cx } from "../../lib/cx";
import { formatDue, formatFullTime, formatListTime } from "../../lib/format";
import { StatusBadge } from "../../ui/StatusBadge";
import { TICKET_PRIORITY, TICKET_STATUS } from "../../ui/status";

type TicketItemProps = {
  ticket: TicketRow;
  id: string;
  selected: boolean;
  /** Its place among all that match, from 1. */
  position: number;
  total: number;
  style: CSSProperties;
  onSelect: () => void;
};

/** One ticket of the queue. Bold with a dot: the customer spoke last, so it is our turn. */
export function TicketItem({ ticket, id, selected, position, total, style, onSelect }: TicketItemProps) {
  const now = useNow();
  const unanswered = ticket.last_from_customer && ticket.due !== null;
  const due = ticket.due === null ? null : formatDue(ticket.due.at, now);
  const at = ticket.last_message_at ?? ticket.created_at;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box around it has the focus and the keys.
    <div
      id={id}
      className={cx("ticket-item", selected && "ticket-item-on", unanswered && "ticket-item-unanswered")}
      role="option"
      aria-selected={selected}
      aria-posinset={position}
      aria-setsize={total}
      tabIndex={-1}
      style={style}
      onClick={onSelect}
    >
      <div className="ticket-item-top">
        <span className="truncate grow">{ticket.organization ?? ticket.customer ?? "No organization"}</span>
        <time className="num" dateTime={at} title={formatFullTime(at)}>
          {formatListTime(at, now)}
        </time>
      </div>
      <div className="ticket-item-subject truncate">
        {unanswered && <i className="ticket-dot" />}
        {unanswered && <span className="sr-only">Without an answer. </span>}
        {ticket.subject}
      </div>
      <div className="ticket-item-foot">
        <StatusBadge look={TICKET_STATUS[ticket.status]} plain />
        <StatusBadge look={TICKET_PRIORITY[ticket.priority]} plain />
        {due !== null && (
          <span
            className={cx(
              "end num row gap-4",
              due.level === "danger" && "fg-danger medium",
              due.level === "warning" && "fg-warning",
            )}
            title={ticket.due?.kind === "first_reply" ? "First reply due" : "Resolution due"}
          >
            <Timer className="icon-xs" aria-hidden />
            <span className="sr-only">
              {ticket.due?.kind === "first_reply" ? "First reply due: " : "Resolution due: "}
            </span>
            {due.text}
          </span>
        )}
      </div>
    </div>
  );
}
