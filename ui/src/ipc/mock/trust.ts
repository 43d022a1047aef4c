import type { DeskRow, Onlooker, RowKind, Viewed, Viewing } from "../../bindings/contract";
import { organizations, servers, transactions, users } from "./business";
import { daysAgo, instant, minutesAgo, minutesAhead, mockNow } from "./clock";
import { fail, type Handlers, type Scenario } from "./scenario";
import { messagesOf, tickets } from "./tickets";

const VIEW_MS = 30 * 60_000;
const PASSPHRASE = "kdmw-qrzt-bnfa-wxke-hpuc";
const WEEK_MS = 7 * 24 * 3_600_000;

/** `?mock&viewing=101` begins in the view of that organization. */
let viewing: Viewing | null = beginning(Number(new URLSearchParams(location.search).get("viewing")));

function beginning(id: number): Viewing | null {
  const organization = organizations.find((each) => each.id === id);
  if (organization === undefined) return null;
  return {
    organization_id: id,
    organization: organization.name,
    since: minutesAgo(4),
    until: minutesAhead(26),
    reason: "They ask why the last invoice is higher",
    ticket_number: null,
  };
}

function desk(login: string, label: string, rest: Partial<DeskRow>): DeskRow {
  return {
    login,
    label,
    added_at: daysAgo(120),
    revoked_at: null,
    revoked_by: null,
    replaced_at: null,
    invited_until: null,
    accepted_at: null,
    holds_workspace_key: false,
    may_connect: true,
    is_own: false,
    last_person: null,
    last_role: null,
    last_client: null,
    last_opened_at: null,
    last_use: null,
    is_signed_in: false,
    ...rest,
  };
}

const CLIENT = "ContainerStacks 0.1.0";
const desks: Array<DeskRow> = [
  desk("desk_5f19a2c7", "Back office, Maya", {
    is_own: true,
    holds_workspace_key: true,
    last_person: "Maya Okafor",
    last_role: "admin",
    last_client: CLIENT,
    last_opened_at: minutesAgo(95),
    last_use: minutesAgo(1),
    is_signed_in: true,
  }),
  desk("desk_03be88d1", "Support, laptop of Tomas", {
    last_person: "Tomas Lind",
    last_role: "support",
    last_client: CLIENT,
    last_opened_at: minutesAgo(41),
    last_use: minutesAgo(3),
    is_signed_in: true,
  }),
  desk("desk_c4410e9a", "Finance, Fern", {
    holds_workspace_key: true,
    last_person: "Fern Adeyemi",
    last_role: "finance",
    last_client: CLIENT,
    last_opened_at: daysAgo(3),
    last_use: daysAgo(3),
  }),
  desk("desk_77d0c3f2", "Reception", {
    added_at: daysAgo(2),
    invited_until: instant(mockNow() + WEEK_MS - 172_800_000),
  }),
  desk("desk_e21f6b90", "Laptop that was lost", {
    revoked_at: daysAgo(9),
    revoked_by: "Maya Okafor",
    last_person: "Sam Whitlock",
    last_role: "support",
    last_client: CLIENT,
    last_opened_at: daysAgo(10),
    last_use: daysAgo(10),
  }),
  desk("desk_19aa4c05", "Old desktop", { revoked_at: daysAgo(60), may_connect: false, added_at: daysAgo(400) }),
];

function seen(part: Viewed["part"], id: number): Viewed {
  const mine = <T extends { organization_id: number | null }>(rows: ReadonlyArray<T>): Array<T> =>
    rows.filter((row) => row.organization_id === id);
  const organization = organizations.find((each) => each.id === id);
  switch (part) {
    case "overview":
      return {
        part,
        overview: {
          id,
          name: organization?.name ?? "",
          since: organization?.created_at ?? null,
          balance: organization?.balance ?? null,
          currency: organization?.currency ?? null,
          charged_until: minutesAgo(34),
          people: mine(users).map((user) => ({
            id: user.id,
            name: [user.first_name, user.last_name].filter(Boolean).join(" "),
            email: user.email,
          })),
        },
      };
    case "servers":
      return {
        part,
        rows: mine(servers).map((row) => ({
          id: row.id,
          label: row.label,
          plan: row.plan,
          region: row.region,
          status: row.status,
          ipv4: row.ipv4,
          ipv6: row.ipv6,
          image: row.image,
          created_at: row.created_at,
          deleted_at: null,
        })),
      };
    case "transactions":
      return {
        part,
        rows: mine(transactions).map((row) => ({
          id: row.id,
          kind: row.type,
          amount: row.amount,
          status: row.status ?? "completed",
          payment_method: row.payment_method,
          payment_id: row.payment_id,
          created_at: row.created_at,
        })),
      };
    case "tickets":
      return {
        part,
        rows: mine(tickets).map((row) => ({
          id: row.id,
          number: row.ticket_number,
          subject: row.subject,
          status: row.status,
          priority: row.priority,
          category: row.category,
          created_at: row.created_at,
          updated_at: row.updated_at,
        })),
      };
    case "activity":
      return {
        part,
        rows: [
          {
            id: 9_102,
            action: "session.view_as",
            resource_type: "organization",
            resource_id: String(id),
            created_at: minutesAgo(0),
          },
          {
            id: 9_087,
            action: "transaction.deposit",
            resource_type: "transaction",
            resource_id: "5120",
            created_at: daysAgo(2),
          },
        ],
      };
    default:
      return { part, rows: [] };
  }
}

const HIDDEN: Readonly<Record<RowKind, { staff: Array<string>; customer: Array<string> }>> = {
  organization: { staff: [], customer: [] },
  server: { staff: ["root_password", "stackscript_data"], customer: ["root_password", "stackscript_data"] },
  container: { staff: [], customer: [] },
  wallet: { staff: [], customer: [] },
  transaction: { staff: [], customer: ["metadata", "idempotency_key", "reason", "request_id", "run_id", "created_by"] },
  invoice: { staff: [], customer: [] },
  ticket: { staff: [], customer: [] },
  message: { staff: [], customer: [] },
  user: { staff: ["password_hash"], customer: ["password_hash"] },
};

const CHANGED: Readonly<Partial<Record<RowKind, Array<string>>>> = {
  organization: ["name", "archived_at"],
  transaction: ["status"],
  invoice: ["status", "paid_at", "amount_paid"],
  ticket: ["subject", "status", "priority", "assigned_to"],
};

function onlookers(kind: RowKind): Array<Onlooker> {
  const hidden = HIDDEN[kind];
  const one = (role: string, rest: Partial<Onlooker>): Onlooker => ({
    role,
    context: null,
    reads: true,
    hidden: [],
    changes: [],
    inserts: false,
    people: [],
    people_count: 0,
    ...rest,
  });
  return [
    one("admin", {
      changes: CHANGED[kind] ?? [],
      inserts: true,
      people: ["Maya Okafor", "Noor Haddad"],
      people_count: 2,
    }),
    one("support", { hidden: hidden.staff, people: ["Tomas Lind", "Sam Whitlock"], people_count: 2 }),
    one("finance", { hidden: hidden.staff, people: ["Fern Adeyemi"], people_count: 1 }),
    one("customer", {
      context: "Brightwater Labs GmbH",
      hidden: hidden.customer,
      people: ["Rui Costa", "Lena Vogt"],
      people_count: 2,
    }),
    one("service", { context: "as an administrator", people: ["Customers’ panel"], people_count: 1 }),
    one("service", {
      context: "Brightwater Labs GmbH",
      hidden: hidden.customer,
      people: ["Customers’ panel"],
      people_count: 1,
    }),
    one("agent", { people: ["agent"], people_count: 1 }),
  ];
}

/** Looking as a customer, who can see a row, desks. */
export function trustCommands(scenario: Scenario): Handlers {
  return {
    "customer_view.state": () => ({ viewing }),
    "customer_view.start": (request) => {
      const organization = organizations.find((each) => each.id === request.organization_id);
      if (organization === undefined) return fail("not_found", "This organization doesn’t exist any more.");
      if (request.ticket_number !== null && !tickets.some((each) => each.ticket_number === request.ticket_number))
        return fail(
          "view_ticket_unknown",
          "This organization has no ticket of that number. Nothing was opened; check the number or leave it out.",
        );
      viewing = {
        organization_id: organization.id,
        organization: organization.name,
        since: instant(mockNow()),
        until: instant(mockNow() + VIEW_MS),
        reason: request.reason,
        ticket_number: request.ticket_number,
      };
      return { viewing };
    },
    "customer_view.stop": () => {
      viewing = null;
      return { viewing };
    },
    "customer_view.get": ({ part }) =>
      viewing === null
        ? fail("view_ended", "You are no longer looking as a customer.")
        : seen(part, viewing.organization_id),
    "customer_view.messages": ({ id }) => {
      const ticket = tickets.find((each) => each.id === id);
      if (ticket === undefined) return { messages: [] };
      return {
        messages: messagesOf(ticket)
          .filter((each) => !each.internal)
          .map((each) => ({
            id: each.id,
            author: each.from === "staff" ? null : each.author,
            text: each.text,
            created_at: each.created_at,
          })),
      };
    },
    "rows.who_sees": ({ kind }) => ({ rows: onlookers(kind) }),
    "desks.list": () => ({
      rows: scenario === "empty" ? desks.slice(0, 1) : desks,
      invite_problem: null,
      holds_workspace_key: true,
      command:
        "csctl desk add --database-url 'postgres://ADMINISTRATOR@db.halyard.example:5432/containerstacks?sslmode=verify-full' --invitation invitation.age",
    }),
    "desks.revoke": ({ login }) => {
      const found = desks.find((each) => each.login === login);
      if (found === undefined)
        return fail("not_found", "There is no such desk. Nothing was changed; look at the list of desks.");
      found.revoked_at = instant(mockNow());
      found.revoked_by = "Maya Okafor";
      found.is_signed_in = false;
      return { held_workspace_key: found.holds_workspace_key };
    },
    "desks.invite": (request) => {
      if (request.password === "wrong")
        return fail("desk_refused", "The server refused this login or its password. No invitation was written.");
      const login = request.replaces ?? "desk_8c1d2e3f";
      if (request.replaces === null)
        desks.splice(
          1,
          0,
          desk(login, request.label, { added_at: instant(mockNow()), invited_until: instant(mockNow() + WEEK_MS) }),
        );
      return {
        path: "/home/maya/Downloads/invitation-front-office.age",
        passphrase: PASSPHRASE,
        login,
        until: instant(mockNow() + WEEK_MS),
      };
    },
    "app.open_invitation": () =>
      fail(
        "invitation_passphrase",
        "The passphrase is wrong. Nothing was changed; check it with whoever gave you the invitation, and try again.",
        "passphrase",
      ),
  };
}
