import type { Money, PaletteHit, TransactionRow } from "../../bindings/contract";
import { organizations, servers, transactions, users } from "./business";
import { instant, mockNow } from "./clock";
import { findInvoices, invoicesOf } from "./invoices";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";
import { tickets } from "./tickets";

const HITS_MAX = 6;
const RELATED_MAX = 10;

/** Nobody owes anything here. */
const NOTHING_DUE = { collected: "0.00" as Money, still_due: "0.00" as Money };

let nextId = 200;
const done = new Map<string, TransactionRow>();

/** Adds two decimal strings with two places, as the database would. */
function add(a: string, b: string): Money {
  const cents = BigInt(a.replace(".", "")) + BigInt(b.replace(".", ""));
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}` as Money;
}

function hits(query: string): Array<PaletteHit> {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const found = (...texts: ReadonlyArray<string | number | null>) =>
    texts.some((text) =>
      String(text ?? "")
        .toLowerCase()
        .includes(wanted),
    );
  return [
    ...organizations
      .filter((each) => found(each.name, each.id))
      .slice(0, HITS_MAX)
      .map(
        (each): PaletteHit => ({
          kind: "organization",
          id: each.id,
          title: each.name,
          subtitle: `${each.servers} servers`,
        }),
      ),
    ...tickets
      .filter((each) => found(each.subject, each.id, each.ticket_number))
      .slice(0, HITS_MAX)
      .map(
        (each): PaletteHit => ({
          kind: "ticket",
          id: each.id,
          title: each.subject,
          subtitle: `#${each.id}, ${each.organization}`,
        }),
      ),
    ...servers
      .filter((each) => found(each.label, each.ipv4, each.linode_id))
      .slice(0, HITS_MAX)
      .map(
        (each): PaletteHit => ({
          kind: "server",
          id: each.id,
          title: each.label ?? String(each.id),
          subtitle: `${each.ipv4}, ${each.organization ?? "no organization"}`,
        }),
      ),
    ...users
      .filter((each) => found(each.email, each.first_name, each.last_name))
      .slice(0, HITS_MAX)
      .map(
        (each): PaletteHit => ({
          kind: "user",
          id: each.id,
          title: [each.first_name, each.last_name].filter(Boolean).join(" ") || each.email,
          subtitle: each.email,
        }),
      ),
    ...findInvoices(wanted).slice(0, HITS_MAX),
    ...transactions
      .filter((each) => found(each.id, each.payment_id))
      .slice(0, HITS_MAX)
      .map(
        (each): PaletteHit => ({
          kind: "transaction",
          id: each.id,
          title: `Transaction ${each.id}`,
          subtitle: each.reason ?? "",
        }),
      ),
  ];
}

export function businessCommands(scenario: Scenario): Handlers {
  const some = <T>(rows: Array<T>): Array<T> => (scenario === "empty" ? [] : rows);
  const exported = (rows: number) => ({ path: "/home/maya/Downloads/export-2026-11-22.csv", rows });
  return {
    "palette.search": (request) => ({ hits: hits(request.query) }),
    "organizations.list": (request) =>
      page(
        some(organizations).filter(
          (each) => request.filters.some(({ column }) => column === "archived") || !each.archived,
        ),
        request,
      ),
    "organizations.get": ({ id }) => {
      const organization = organizations.find((each) => each.id === id);
      if (organization === undefined)
        return fail("not_found", "There is no such organization. It may have been deleted.");
      return {
        organization,
        owes: (id % 7 === 0 ? "18.21" : "0.00") as Money,
        users: users.filter((each) => each.organization_id === id),
        servers: servers.filter((each) => each.organization_id === id),
        transactions: transactions.filter((each) => each.organization_id === id).slice(0, RELATED_MAX),
        invoices: invoicesOf(id).slice(0, RELATED_MAX),
        tickets: tickets.filter((each) => each.organization_id === id).slice(0, RELATED_MAX),
        actions: [
          { name: "rename", allowed: true, reason: null },
          { name: "archive", allowed: true, reason: null },
          {
            name: "deposit",
            allowed: organization.balance !== null,
            reason: organization.balance === null ? "This organization has no wallet." : null,
          },
        ],
      };
    },
    "organizations.create": (request) => {
      if (organizations.some((each) => each.name === request.name))
        return fail("duplicate_key", "An organization of this name exists already.", "name");
      nextId += 1;
      organizations.unshift({
        id: nextId,
        name: request.name,
        billing_name: request.billing_name,
        billing_address: request.billing_address,
        balance: "0.00" as Money,
        currency: request.currency,
        servers: 0,
        containers: 0,
        users: 0,
        open_tickets: 0,
        archived: false,
        archived_at: null,
        created_at: instant(mockNow()),
        updated_at: instant(mockNow()),
      });
      return { id: nextId };
    },
    "organizations.rename": (request) => {
      const organization = organizations.find((each) => each.id === request.id);
      if (organization === undefined) return fail("not_found", "There is no such organization.");
      if (organization.updated_at !== request.expected_updated_at)
        return fail(
          "stale",
          "Somebody else has changed this organization since you opened it. Nothing was saved; look at it again.",
        );
      organization.name = request.name;
      organization.billing_name = request.billing_name === "" ? null : request.billing_name;
      organization.billing_address = request.billing_address === "" ? null : request.billing_address;
      organization.updated_at = instant(mockNow());
      return {};
    },
    "organizations.export": (request) => exported(page(some(organizations), request.list).total),
    "users.list": (request) => page(some(users), request),
    "users.create": (request) => {
      if (users.some((each) => each.email === request.email))
        return fail("duplicate_address", "Somebody with this e-mail address exists already.", "email");
      nextId += 1;
      const organization = organizations.find((each) => each.id === request.organization_id);
      users.unshift({
        id: nextId,
        email: request.email,
        first_name: request.first_name,
        last_name: request.last_name,
        role: request.role,
        organization_id: request.organization_id,
        organization: organization?.name ?? null,
        email_verified: false,
        is_disabled: false,
        must_change_password: request.must_change_password,
        has_second_factor: false,
        last_login: null,
        created_at: instant(mockNow()),
      });
      return { id: nextId };
    },
    "users.set_role": (request) => {
      const user = users.find((each) => each.id === request.id);
      if (user === undefined) return fail("not_found", "There is no such user.");
      user.role = request.role;
      user.organization_id = request.organization_id;
      return {};
    },
    "users.export": (request) => exported(page(some(users), request.list).total),
    "servers.list": (request) => page(some(servers), request),
    "servers.export": (request) => exported(page(some(servers), request.list).total),
    "transactions.list": (request) => page(some(transactions), request),
    "transactions.export": (request) => exported(page(some(transactions), request.list).total),
    "transactions.deposit": (request) => {
      const organization = organizations.find((each) => each.id === request.organization_id);
      if (organization === undefined || organization.balance === null)
        return fail("wallet_missing", "This organization has no wallet. Nothing was booked.");
      if (!/^\d+(\.\d{1,2})?$/.test(request.amount))
        return fail("invalid_field", "Give an amount such as 250.00.", "amount");
      const before = done.get(request.key);
      if (before !== undefined)
        return { transaction: before, balance: organization.balance, repeated: true, ...NOTHING_DUE };
      nextId += 1;
      const amount = add(
        request.amount.includes(".")
          ? request.amount.padEnd(request.amount.indexOf(".") + 3, "0")
          : `${request.amount}.00`,
        "0.00",
      );
      const transaction: TransactionRow = {
        id: 91_000 + nextId,
        organization_id: organization.id,
        organization: organization.name,
        amount,
        currency: organization.currency,
        type: "deposit",
        status: "completed",
        payment_method: request.payment_method,
        payment_id: request.payment_id,
        reason: request.reason,
        refund_of: null,
        invoice_id: null,
        created_by: "Maya Okafor",
        created_at: instant(mockNow()),
      };
      transactions.unshift(transaction);
      organization.balance = add(organization.balance, amount);
      done.set(request.key, transaction);
      return { transaction, balance: organization.balance, repeated: false, ...NOTHING_DUE };
    },
  };
}
