import { ArrowLeft, ChevronDown, Ellipsis, PanelRight, Timer } from "lucide-react";
import type { TicketDetail, TicketPriority, TicketStatus } from "../../bindings/contract";
import { useWhoSeesReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import { useNow } from "../../lib/clock";
import { cx } from "../../lib/cx";
import { formatDue, formatFullTime } from "../../lib/format";
import { Button, IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { StatusBadge } from "../../ui/StatusBadge";
import { TICKET_PRIORITY, TICKET_STATUS } from "../../ui/status";
import { moveName, refusal, ticketName } from "./ticketActions";
import type { TicketUpdate } from "./useTicketUpdate";

const STATUSES: ReadonlyArray<TicketStatus> = ["open", "in_progress", "resolved", "closed"];
const PRIORITIES: ReadonlyArray<TicketPriority> = ["urgent", "high", "medium", "low"];

/** Which menu a shortcut has opened. */
export type OpenMenu = "assign" | "priority" | null;

type ConversationHeaderProps = {
  detail: TicketDetail;
  update: TicketUpdate;
  /** Why nothing can be changed now. */
  writeReason: string | null;
  openMenu: OpenMenu;
  onOpenMenu: (menu: OpenMenu) => void;
  contextShown: boolean;
  onShowContext: () => void;
  onBack: () => void;
};

export function ConversationHeader(props: ConversationHeaderProps) {
  const { detail, update, writeReason, openMenu, onOpenMenu, contextShown, onShowContext, onBack } = props;
  const { ticket, actions, staff } = detail;
  const status = TICKET_STATUS[ticket.status];
  const priority = TICKET_PRIORITY[ticket.priority];
  const editReason = writeReason ?? refusal(actions, "edit");

  const statuses = STATUSES.map(
    (each): MenuEntry => ({
      kind: "item",
      label: TICKET_STATUS[each].label,
      icon: TICKET_STATUS[each].icon,
      iconClass: `fg-${TICKET_STATUS[each].tone}`,
      checked: each === ticket.status,
      ...(each === "resolved" ? { shortcut: "E" } : {}),
      disabledReason: each === ticket.status ? null : (writeReason ?? refusal(actions, moveName(ticket.status, each))),
      onSelect: () => {
        if (each !== ticket.status) update.setStatus(ticket, each);
      },
    }),
  );
  const priorities = PRIORITIES.map(
    (each): MenuEntry => ({
      kind: "item",
      label: TICKET_PRIORITY[each].label,
      icon: TICKET_PRIORITY[each].icon,
      iconClass: `fg-${TICKET_PRIORITY[each].tone}`,
      checked: each === ticket.priority,
      disabledReason: editReason,
      onSelect: () => {
        if (each !== ticket.priority) update.setPriority(ticket, each);
      },
    }),
  );
  const people: ReadonlyArray<MenuEntry> = [
    {
      kind: "item",
      label: "Nobody",
      checked: ticket.assigned_to === null,
      disabledReason: editReason,
      onSelect: () => update.assign(ticket, null),
    },
    ...staff.map(
      (person): MenuEntry => ({
        kind: "item",
        label: person.name,
        checked: ticket.assigned_to === person.id,
        disabledReason: editReason,
        onSelect: () => update.assign(ticket, person),
      }),
    ),
  ];
  const whoSeesReason = useWhoSeesReason();
  const newest = detail.messages.at(-1);
  const more: ReadonlyArray<MenuEntry> = [
    {
      kind: "item",
      label: "Who can see this ticket…",
      disabledReason: whoSeesReason,
      onSelect: () =>
        asked.set({ dialog: "who_sees", kind: "ticket", id: ticket.id, title: `ticket ${ticketName(ticket)}` }),
    },
    {
      kind: "item",
      label: "Who can see the newest message…",
      disabledReason: whoSeesReason ?? (newest === undefined || newest.id === 0 ? "There is no message yet." : null),
      onSelect: () => {
        if (newest === undefined) return;
        const what = newest.internal ? "the newest internal note" : "the newest message";
        asked.set({ dialog: "who_sees", kind: "message", id: newest.id, title: what });
      },
    },
    { kind: "separator" },
    { kind: "item", label: "Copy number", onSelect: () => void copyText(ticketName(ticket), "Number copied") },
    { kind: "item", label: "Copy subject", onSelect: () => void copyText(ticket.subject, "Subject copied") },
  ];

  return (
    <>
      <div className="page-head conversation-head chrome">
        <IconButton className="conversation-back" icon={ArrowLeft} label="Back to the list" onClick={onBack} />
        <span className="num muted selectable">{ticketName(ticket)}</span>
        <h2 className="truncate grow selectable" title={ticket.subject}>
          {ticket.subject}
        </h2>
        <Menu
          align="end"
          entries={statuses}
          trigger={
            <Button icon={status.icon} disabledReason={writeReason} aria-label={`Status: ${status.label}`}>
              {status.label}
              <ChevronDown className="icon-xs" aria-hidden />
            </Button>
          }
        />
        <Menu align="end" entries={more} trigger={<IconButton icon={Ellipsis} label="More" />} />
        {!contextShown && <IconButton icon={PanelRight} label="Show customer" onClick={onShowContext} />}
      </div>
      <div className="properties chrome">
        <Menu
          entries={priorities}
          open={openMenu === "priority"}
          onOpenChange={(open) => onOpenMenu(open ? "priority" : null)}
          trigger={
            <button type="button" className="property-button" aria-label={`Priority: ${priority.label}`}>
              <StatusBadge look={priority} plain />
            </button>
          }
        />
        {ticket.category !== null && (
          <span className="property-optional">
            <span className="property-name">Category</span>
            {capitalized(ticket.category)}
          </span>
        )}
        <Menu
          entries={people}
          open={openMenu === "assign"}
          onOpenChange={(open) => onOpenMenu(open ? "assign" : null)}
          trigger={
            <button type="button" className="property-button">
              <span className="property-name">Assigned</span>
              {ticket.assignee ?? "Nobody"}
            </button>
          }
        />
        <Due detail={detail} />
      </div>
    </>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Due({ detail }: { detail: TicketDetail }) {
  const now = useNow();
  const { due } = detail.ticket;
  if (due === null) return null;
  const { text, level, overdue } = formatDue(due.at, now);
  const what = due.kind === "first_reply" ? "Reply" : "Resolution";
  const time = /\d/.test(text.charAt(0)) && !overdue ? `in ${text}` : text;
  return (
    <span
      className={cx(
        "end status",
        level === "danger" ? "tone-danger" : level === "warning" ? "tone-warning" : "tone-neutral",
      )}
      title={formatFullTime(due.at)}
    >
      <Timer aria-hidden />
      {overdue ? `${what} overdue by ${text.replace(" over", "")}` : `${what} due ${time}`}
    </span>
  );
}
