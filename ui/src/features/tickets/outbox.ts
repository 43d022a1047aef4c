import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { ApiError, TicketStatus } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { toCallError } from "../../ipc/error";
import { refreshAfter } from "../../ipc/queries";
import { clearDraft, type DraftKey } from "./drafts";

/** Between the key press and the sending, so that it can be taken back. */
export const SEND_DELAY_MS = 5_000;

/** A message on its way. One per ticket and mode; its text stays in the draft until it has arrived. */
export type Outgoing = {
  draft: DraftKey;
  /** As the customer knows it, for messages about it. */
  ticketName: string;
  text: string;
  seen: number;
  setStatus: TicketStatus | null;
  /** Makes sending repeatable: a try after a lost answer writes nothing twice. */
  key: string;
} & (
  | { state: "waiting"; sendAt: number }
  | { state: "sending" }
  | { state: "held" }
  | { state: "failed"; error: ApiError }
);

type Letter = Pick<Outgoing, "draft" | "ticketName" | "text" | "seen" | "setStatus">;

const outgoing = new Map<string, Outgoing>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function nameOf({ owner, ticket, mode }: DraftKey): string {
  return `${owner}.${ticket}.${mode}`;
}

function put(name: string, next: Outgoing | null): void {
  if (next === null) outgoing.delete(name);
  else outgoing.set(name, next);
  for (const listener of listeners) listener();
}

/** Told when a message was not sent, for whoever looks elsewhere by then. */
export type OnTrouble = (message: Outgoing) => void;

/** The last sending of each ticket: one goes after the other, so that a note does not hold back the reply behind it. */
const lines = new Map<string, Promise<void>>();

function post(client: QueryClient, name: string, onTrouble: OnTrouble): void {
  timers.delete(name);
  const message = outgoing.get(name);
  if (message === undefined) return;
  const line = `${message.draft.owner}.${message.draft.ticket}`;
  const sent = (lines.get(line) ?? Promise.resolve()).then(() => send(client, name, onTrouble));
  lines.set(line, sent);
}

/** What one wrote oneself is no news: who had seen all that was before it has seen it, too. */
function haveSeen({ owner, ticket }: DraftKey, before: number, own: number): void {
  for (const [name, other] of outgoing) {
    const isOfTicket = other.draft.owner === owner && other.draft.ticket === ticket;
    if (isOfTicket && other.state === "waiting" && other.seen >= before) put(name, { ...other, seen: own });
  }
}

async function send(client: QueryClient, name: string, onTrouble: OnTrouble): Promise<void> {
  const message = outgoing.get(name);
  if (message === undefined) return;
  const { draft, ticketName, text, seen, setStatus, key } = message;
  const base = { draft, ticketName, text, seen, setStatus, key };
  put(name, { ...base, state: "sending" });
  const command = draft.mode === "reply" ? "tickets.reply" : "tickets.note";
  try {
    const answer = await call(command, {
      ticket_id: draft.ticket,
      text,
      seen_message_id: seen,
      set_status: setStatus,
      key,
    });
    client.setQueryData(["tickets.get", { id: draft.ticket }], answer.detail);
    clearDraft(draft);
    put(name, null);
    haveSeen(draft, seen, answer.message.id);
    await refreshAfter(client, command);
  } catch (reason) {
    const { error } = toCallError(reason);
    const stopped: Outgoing =
      error.code === "conversation_moved" ? { ...base, state: "held" } : { ...base, state: "failed", error };
    put(name, stopped);
    onTrouble(stopped);
    await client.invalidateQueries({ queryKey: ["tickets.get", { id: draft.ticket }] });
  }
}

/** Sends after the delay; `undoSend` within it brings everything back. */
export function sendLater(client: QueryClient, letter: Letter, onTrouble: OnTrouble): void {
  const name = nameOf(letter.draft);
  if (outgoing.get(name)?.state === "sending") return;
  clearTimeout(timers.get(name));
  put(name, { ...letter, key: crypto.randomUUID(), state: "waiting", sendAt: Date.now() + SEND_DELAY_MS });
  timers.set(
    name,
    setTimeout(() => post(client, name, onTrouble), SEND_DELAY_MS),
  );
}

/** Sends at once what waits, was held back or failed. After a failure the key stays, so that nothing is written twice. */
export function sendNow(client: QueryClient, draft: DraftKey, onTrouble: OnTrouble, seen?: number): void {
  const name = nameOf(draft);
  const message = outgoing.get(name);
  if (message === undefined || message.state === "sending") return;
  clearTimeout(timers.get(name));
  const key = message.state === "held" ? crypto.randomUUID() : message.key;
  put(name, { ...message, key, seen: seen ?? message.seen });
  post(client, name, onTrouble);
}

/** Takes back what waits, or puts aside what was held back or failed; the text is still in the draft. */
export function undoSend(draft: DraftKey): void {
  const name = nameOf(draft);
  if (outgoing.get(name)?.state === "sending") return;
  clearTimeout(timers.get(name));
  timers.delete(name);
  put(name, null);
}

export function useOutgoing(draft: DraftKey): Outgoing | null {
  const name = nameOf(draft);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => outgoing.get(name) ?? null,
  );
}

export function peekOutgoing(draft: DraftKey): Outgoing | null {
  return outgoing.get(nameOf(draft)) ?? null;
}
