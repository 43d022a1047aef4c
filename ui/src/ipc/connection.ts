import { useSyncExternalStore } from "react";
import type { CommandName, ErrorCode } from "../bindings/contract";
import { serverNow } from "../lib/clock";
import type { CallError } from "./error";

/** Whether the database answers. `since` is when it last did, in milliseconds of its clock. */
export type Connection = { state: "ok" } | { state: "lost"; since: number; error: CallError };

const LOST: ReadonlySet<ErrorCode> = new Set(["connection_lost", "server_unreachable"]);

/** These are answered by the program itself, so they say nothing of the database. */
const LOCAL: ReadonlySet<CommandName> = new Set(["app.state", "preferences.get", "preferences.set"]);

let current: Connection = { state: "ok" };
let lastAnswer = serverNow();
const listeners = new Set<() => void>();

function set(next: Connection): void {
  current = next;
  for (const listener of listeners) listener();
}

export const connection = {
  answered(name: CommandName): void {
    if (LOCAL.has(name)) return;
    lastAnswer = serverNow();
    if (current.state === "lost") set({ state: "ok" });
  },
  failed(error: CallError): void {
    if (LOST.has(error.code) && current.state === "ok") set({ state: "lost", since: lastAnswer, error });
  },
  read: (): Connection => current,
  /** When the database last answered, in milliseconds of its clock. */
  lastAnswerAt: (): number => lastAnswer,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.read);
}
