import type { TicketPriority, TicketQueue } from "../../bindings/contract";

/** What the ticket workspace keeps in the URL: `?queue=mine&id=4187&q=disk&priority=urgent`. */
export type TicketSearch = {
  queue?: TicketQueue;
  /** The open ticket. */
  id?: number;
  q?: string;
  priority?: TicketPriority;
  /** The "New ticket" dialog is open. */
  create?: true;
};

const QUEUES: Readonly<Record<TicketQueue, true>> = { mine: true, unassigned: true, open: true, all: true };
const PRIORITIES: Readonly<Record<TicketPriority, true>> = { low: true, medium: true, high: true, urgent: true };
const SEARCH_CHARS_MAX = 200;

function isQueue(value: unknown): value is TicketQueue {
  return typeof value === "string" && Object.hasOwn(QUEUES, value);
}

function isPriority(value: unknown): value is TicketPriority {
  return typeof value === "string" && Object.hasOwn(PRIORITIES, value);
}

/** Reads what a URL holds; what is not understood is dropped, since a link can be old or typed by hand. */
export function validateTicketSearch(raw: Record<string, unknown>): TicketSearch {
  const search: TicketSearch = {};
  if (isQueue(raw.queue)) search.queue = raw.queue;
  const id = Number(raw.id);
  if (Number.isSafeInteger(id) && id > 0) search.id = id;
  if (typeof raw.q === "string" || typeof raw.q === "number") {
    const q = String(raw.q).slice(0, SEARCH_CHARS_MAX);
    if (q.trim() !== "") search.q = q;
  }
  if (isPriority(raw.priority)) search.priority = raw.priority;
  if (raw.create === true || raw.create === "true") search.create = true;
  return search;
}
