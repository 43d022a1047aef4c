import type { Concern, Filter } from "../../bindings/contract";
import { filteredTo } from "../../table/linkSearch";

/** Where a concern is dealt with. A page that this program doesn't have leaves the line without its button. */
export type Place = { readonly to: string; readonly search: Readonly<Record<string, unknown>>; readonly label: string };

const DOWN: Filter = { column: "status", op: "is", values: ["offline", "stopped", "error", "billing_suspension"] };
const NOBODYS: Filter = { column: "assigned", op: "is", values: ["false"] };
const NOT_GONE: Filter = { column: "presence", op: "is", values: ["present", "missing", "unknown"] };
const AT_ZERO: Filter = { column: "balance", op: "at_most", values: ["0.99"] };
const AT_A_LOSS: Filter = { column: "at_loss", op: "is", values: ["true"] };
const LATE: Filter = { column: "state", op: "is", values: ["overdue", "failed"] };

export const PLACES: Readonly<Record<Concern, Place>> = {
  billing_overdue: { to: "/billing", search: {}, label: "Billing runs" },
  agent_missing: { to: "/billing", search: {}, label: "Billing runs" },
  backup_missed: { to: "/activity", search: {}, label: "Activity log" },
  servers_gone: { to: "/billing/parked", search: {}, label: "Decide" },
  late_tickets: { to: "/tickets", search: { queue: "open" }, label: "Open queue" },
  unassigned_servers: { to: "/servers", search: filteredTo(NOBODYS, NOT_GONE), label: "Assign" },
  plans_below_cost: { to: "/plans", search: filteredTo(AT_A_LOSS), label: "Review" },
  parked_resources: { to: "/billing/parked", search: {}, label: "Review" },
  empty_wallets: { to: "/organizations", search: filteredTo(AT_ZERO), label: "Review" },
  overdue_invoices: { to: "/invoices", search: filteredTo(LATE), label: "Review" },
  servers_down: { to: "/servers", search: filteredTo(DOWN), label: "Show" },
};

export const RUNS: Place = { to: "/billing", search: {}, label: "All runs" };
export const SERVERS: Place = { to: "/servers", search: {}, label: "Servers" };
export const INBOX: Place = { to: "/tickets", search: { queue: "open" }, label: "Inbox" };
