import type {
  Action,
  CustomerContext,
  TicketDetail,
  TicketMessage,
  TicketPriority,
  TicketRow,
  TicketStatus,
} from "../../bindings/contract";
import { organizations, servers, users } from "./business";
import { daysAgo, minutesAgo, minutesAhead } from "./clock";
import { invoicesOf } from "./invoices";

type Written = [
  organization: string,
  subject: string,
  status: TicketStatus,
  priority: TicketPriority,
  ago: number,
  due: number | null,
  unanswered: boolean,
];

const WRITTEN: ReadonlyArray<Written> = [
  ["Brightwater Labs GmbH", "batch-07 unreachable after resize", "in_progress", "urgent", 2, 18, true],
  ["Kestrel Freight", "Cannot add a fourth IPv4 to edge-2", "open", "high", 6, 41, true],
  ["Quarry Street Games", "Egress charge looks too high for October", "open", "high", 23, 52, false],
  ["Ovella Foods", "Snapshot restore finished but disk is empty", "in_progress", "urgent", 38, 61, false],
  ["Mirador Health", "Need a signed DPA and tax ID on invoices", "open", "medium", 14, 124, true],
  ["Tallgrass Media", "Wallet top-up taken twice", "open", "medium", 51, 183, true],
  ["Sable Robotics", "Container ledger-api restarts every 4 min", "in_progress", "high", 66, 241, false],
  ["Larkspur Legal", "How do I move a server to Frankfurt?", "open", "low", 124, 3_700, false],
  ["Fjord & Pine", "rDNS record not taking effect", "resolved", "low", 183, null, false],
  ["Pilcrow Press", "Add a teammate with billing only", "resolved", "low", 304, null, false],
];

const SUBJECTS = [
  "Backups are a day late",
  "Invoice for September is missing a VAT number",
  "Rescue mode asks for a password",
  "High load since the kernel update",
  "Please raise our server limit",
  "Two-factor device lost",
  "Private network drops packets",
  "Change the billing contact",
];

function organizationOf(name: string) {
  const found = organizations.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no organization ${name}`);
  return found;
}

function customerOf(organizationId: number): string {
  const user = users.find((each) => each.organization_id === organizationId);
  return [user?.first_name, user?.last_name].filter(Boolean).join(" ") || "Unknown";
}

function row(index: number, written: Written, assigned: number | null): TicketRow {
  const [name, subject, status, priority, ago, due, unanswered] = written;
  const org = organizationOf(name);
  const assignee = users.find((each) => each.id === assigned);
  if (status === "open" || status === "in_progress") org.open_tickets += 1;
  return {
    id: 4187 - index * 3,
    ticket_number: `TKT-${4187 - index * 3}`,
    subject,
    status,
    priority,
    category: index % 4 === 1 ? "billing" : "technical",
    organization_id: org.id,
    organization: org.name,
    customer: customerOf(org.id),
    assigned_to: assigned,
    assignee: assignee === undefined ? null : `${assignee.first_name} ${assignee.last_name}`,
    last_message_at: minutesAgo(ago),
    last_from_customer: unanswered,
    due: due === null ? null : { kind: index % 2 === 0 ? "first_reply" : "resolution", at: minutesAhead(due) },
    created_at: minutesAgo(ago + 30),
    updated_at: minutesAgo(ago),
  };
}

export const tickets: Array<TicketRow> = WRITTEN.map((written, index) => row(index, written, 1));
for (let index = WRITTEN.length; index < 64; index += 1) {
  const org = organizations[(index * 7) % organizations.length];
  const subject = SUBJECTS[index % SUBJECTS.length];
  if (org === undefined || subject === undefined) continue;
  const open = index < 45;
  const priority: TicketPriority = index % 9 === 0 ? "high" : index % 3 === 0 ? "low" : "medium";
  const status: TicketStatus = open
    ? index % 4 === 0
      ? "in_progress"
      : "open"
    : index % 2 === 0
      ? "closed"
      : "resolved";
  const assigned = index < 15 ? null : index % 2 === 0 ? 2 : 3;
  tickets.push(
    row(
      index,
      [org.name, subject, status, priority, 300 + index * 80, open ? 260 + index * 70 : null, index % 5 === 0],
      assigned,
    ),
  );
}

const FIRST_MESSAGE = `I resized \`batch-07\` from 8 GB to 16 GB at 18:50 and it has not come back. The console stops here:

\`\`\`
VFS: Cannot open root device "sda1" or unknown-block(8,1)
Kernel panic - not syncing: VFS: Unable to mount root fs
\`\`\`

Our nightly jobs start at 22:00 UTC, so we need it before then.`;

const NOTE = `Resize event 918273 finished, but the root disk kept the old 160 GB layout and GRUB points at a partition that moved. **Don’t reboot it again** until fsck is through; I have it in rescue mode. Started 19:21, about 15 min.`;

let nextMessage = 70_000;

export function message(
  author: string,
  from: "customer" | "staff",
  text: string,
  ago: number,
  internal = false,
): TicketMessage {
  nextMessage += 1;
  return {
    id: nextMessage,
    author_id: null,
    author,
    from,
    internal,
    text,
    attachments: [],
    created_at: minutesAgo(ago),
  };
}

const messages = new Map<number, Array<TicketMessage>>();

export function messagesOf(ticket: TicketRow): Array<TicketMessage> {
  let list = messages.get(ticket.id);
  if (list === undefined) {
    const customer = ticket.customer ?? "Unknown";
    if (ticket.id === 4187) {
      list = [
        message(customer, "customer", FIRST_MESSAGE, 32),
        message("Tomas Lind", "staff", NOTE, 12, true),
        message(customer, "customer", "Any news? And are we billed while it is down?", 2),
      ];
    } else if (ticket.id === 4178) {
      list = Array.from({ length: 44 }, (_, index) =>
        message(
          index % 2 === 0 ? customer : "Maya Okafor",
          index % 2 === 0 ? "customer" : "staff",
          index % 2 === 0
            ? `Try ${index / 2 + 1}: the restored disk is still empty.`
            : "Thank you, I started another restore from the copy of the day before.",
          38 + (44 - index) * 20,
        ),
      );
    } else {
      list = [
        message(
          customer,
          "customer",
          `Hello,\n\n${ticket.subject}. Could you look into it?\n\n- it began this morning\n- nothing was changed by us\n\nThe plan is described at https://docs.example/plans.`,
          90,
        ),
        message("Maya Okafor", "staff", "Thank you for the details. I am looking into it now.", 61),
      ];
      const first = list[0];
      if (first !== undefined && ticket.id % 2 === 0) first.attachments = ["screenshot.png", "syslog.txt"];
    }
    messages.set(ticket.id, list);
  }
  return list;
}

const MOVES: Readonly<Record<string, ReadonlyArray<TicketStatus>>> = {
  start: ["open"],
  release: ["in_progress"],
  resolve: ["open", "in_progress"],
  close: ["open", "in_progress", "resolved"],
  reopen: ["resolved", "closed"],
};

function actionsOf(ticket: TicketRow): Array<Action> {
  const closed = ticket.status === "closed";
  const moves = Object.entries(MOVES).map(([name, from]): Action => {
    const allowed = from.includes(ticket.status);
    return {
      name,
      allowed,
      reason: allowed ? null : `A ticket that is ${ticket.status.replace("_", " ")} can't be moved so.`,
    };
  });
  const rest = ["reply", "note", "edit"].map((name): Action => {
    const allowed = !(closed && name === "reply");
    return { name, allowed, reason: allowed ? null : "The ticket is closed. Reopen it to reply." };
  });
  return [...rest, ...moves];
}

function contextOf(ticket: TicketRow): CustomerContext | null {
  const org = organizations.find((each) => each.id === ticket.organization_id);
  if (org === undefined) return null;
  const theirs = servers.filter((each) => each.organization_id === org.id);
  const earlier = tickets.filter((each) => each.organization_id === org.id && each.id !== ticket.id);
  const customer = users.find((each) => each.organization_id === org.id);
  const old: Array<TicketRow> = ["Egress charge in September", "Backup window change"].map((subject, index) => ({
    ...ticket,
    id: 3_000 + index,
    subject,
    status: "closed",
    due: null,
    last_message_at: daysAgo(50 + index * 46),
  }));
  return {
    organization_id: org.id,
    organization: org.name,
    customer: ticket.customer,
    customer_email: customer?.email ?? null,
    customer_since: org.created_at,
    wallet: org.balance === null ? null : { balance: org.balance, currency: org.currency ?? "USD" },
    servers: theirs.slice(0, 5),
    server_count: theirs.length,
    invoices: invoicesOf(org.id).slice(0, 3),
    earlier_tickets: [...earlier.slice(0, 3), ...old],
    ticket_count: 11,
    open_ticket_count: org.open_tickets,
  };
}

export function detailOf(ticket: TicketRow): TicketDetail {
  return {
    ticket,
    messages: [...messagesOf(ticket)],
    context: contextOf(ticket),
    staff: users
      .filter((each) => each.role !== "user")
      .map((each) => ({ id: each.id, name: `${each.first_name} ${each.last_name}` })),
    actions: actionsOf(ticket),
  };
}
