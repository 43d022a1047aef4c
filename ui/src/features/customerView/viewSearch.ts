import type { ViewPart } from "../../bindings/contract";

/** What the view keeps in the URL: `?part=tickets&ticket=12`. */
export type ViewSearch = { part?: ViewPart; ticket?: number };

export const PARTS: Readonly<Record<ViewPart, string>> = {
  overview: "Overview",
  servers: "Servers",
  containers: "Containers",
  invoices: "Invoices",
  transactions: "Transactions",
  tickets: "Tickets",
  plans: "Plans",
  activity: "Activity",
  notifications: "Notifications",
};

function isPart(value: unknown): value is ViewPart {
  return typeof value === "string" && Object.hasOwn(PARTS, value);
}

/** Reads what a URL holds; what is not understood is dropped. */
export function validateViewSearch(raw: Record<string, unknown>): ViewSearch {
  const search: ViewSearch = {};
  if (isPart(raw.part)) search.part = raw.part;
  const ticket = Number(raw.ticket);
  if (search.part === "tickets" && Number.isSafeInteger(ticket) && ticket > 0) search.ticket = ticket;
  return search;
}
