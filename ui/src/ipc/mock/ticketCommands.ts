import type { Commands, TicketListRequest, TicketRow } from "../../bindings/contract";
import { organizations } from "./business";
import { instant, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";
import { detailOf, message, messagesOf, tickets } from "./tickets";

const ME = { id: 1, name: "Maya Okafor" };
/** A reply with this text is held back once, to look at how that is shown. */
const HELD_WORD = "hold";

let nextTicket = 4_300;
const held = new Set<number>();

function isOpen(ticket: TicketRow): boolean {
  return ticket.status === "open" || ticket.status === "in_progress";
}

const QUEUE: Readonly<Record<TicketListRequest["queue"], (ticket: TicketRow) => boolean>> = {
  mine: (ticket) => isOpen(ticket) && ticket.assigned_to === ME.id,
  unassigned: (ticket) => isOpen(ticket) && ticket.assigned_to === null,
  open: isOpen,
  all: () => true,
};

function find(id: number): TicketRow {
  return (
    tickets.find((each) => each.id === id) ??
    fail("not_found", "There is no such ticket. It may have been merged or deleted.")
  );
}

function dueOrder(a: TicketRow, b: TicketRow): number {
  if (a.due === null || b.due === null) return (a.due === null ? 1 : 0) - (b.due === null ? 1 : 0);
  return a.due.at.localeCompare(b.due.at);
}

function post(request: Commands["tickets.reply"]["request"], internal: boolean): Commands["tickets.reply"]["answer"] {
  const ticket = find(request.ticket_id);
  const list = messagesOf(ticket);
  if (!internal && request.text.includes(HELD_WORD) && !held.has(ticket.id)) {
    held.add(ticket.id);
    list.push({
      ...message(ticket.customer ?? "Customer", "customer", "It came back by itself just now. Please look at why.", 0),
      created_at: instant(mockNow()),
    });
  }
  const newest = list.at(-1)?.id ?? null;
  if (!internal && newest !== null && request.seen_message_id !== newest) {
    return fail(
      "conversation_moved",
      "The conversation has moved on since you began. Your reply was not sent; read what is new first.",
    );
  }
  const posted = {
    ...message(ME.name, "staff", request.text, 0, internal),
    author_id: ME.id,
    created_at: instant(mockNow()),
  };
  list.push(posted);
  if (!internal) ticket.last_from_customer = false;
  if (request.set_status !== null) ticket.status = request.set_status;
  ticket.last_message_at = posted.created_at;
  return { message: posted, detail: detailOf(ticket) };
}

export function ticketCommands(scenario: Scenario): Handlers {
  const all = scenario === "empty" ? [] : tickets;
  return {
    "tickets.list": ({ queue, list }) => {
      const rows = all.filter(QUEUE[queue]);
      if (list.sort === null || list.sort.column === "due") rows.sort(dueOrder);
      return {
        page: page(rows, list.sort?.column === "due" ? { ...list, sort: null } : list),
        counts: {
          mine: all.filter(QUEUE.mine).length,
          unassigned: all.filter(QUEUE.unassigned).length,
          open: all.filter(isOpen).length,
        },
      };
    },
    "tickets.get": ({ id }) => detailOf(find(id)),
    "tickets.create": (request) => {
      const organization = organizations.find((each) => each.id === request.organization_id);
      if (organization === undefined) return fail("invalid_field", "Choose an organization.", "organization_id");
      nextTicket += 1;
      const now = instant(mockNow());
      tickets.unshift({
        id: nextTicket,
        ticket_number: `TKT-${nextTicket}`,
        subject: request.subject,
        status: "open",
        priority: request.priority,
        category: request.category,
        organization_id: organization.id,
        organization: organization.name,
        customer: null,
        assigned_to: null,
        assignee: null,
        last_message_at: now,
        last_from_customer: false,
        due: { kind: "first_reply", at: instant(mockNow() + 8 * 3_600_000) },
        created_at: now,
        updated_at: now,
      });
      return { id: nextTicket };
    },
    "tickets.reply": (request) => post(request, false),
    "tickets.note": (request) => post(request, true),
    "tickets.update": (request) => {
      const ticket = find(request.id);
      ticket.status = request.status ?? ticket.status;
      ticket.priority = request.priority ?? ticket.priority;
      if (request.unassign || request.assigned_to !== null) {
        const person = detailOf(ticket).staff.find((each) => each.id === request.assigned_to);
        ticket.assigned_to = person?.id ?? null;
        ticket.assignee = person?.name ?? null;
      }
      return detailOf(ticket);
    },
  };
}
