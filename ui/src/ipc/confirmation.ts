import { useSyncExternalStore } from "react";
import type { CommandName } from "../bindings/contract";
import { type AnswerOf, call, type RequestOf } from "./call";
import { asCallError } from "./error";

/** Dangerous work waits for the password: how to say whether it was given. */
export type Confirmation = { readonly settle: (confirmed: boolean) => void };

let waiting: (Confirmation & { readonly answer: Promise<boolean> }) | null = null;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** One question, however much waits for its answer. Without anybody to ask, the answer is no. */
function ask(): Promise<boolean> {
  if (listeners.size === 0) return Promise.resolve(false);
  if (waiting !== null) return waiting.answer;
  let answered: (confirmed: boolean) => void = () => undefined;
  const answer = new Promise<boolean>((resolve) => {
    answered = resolve;
  });
  waiting = {
    answer,
    settle: (confirmed) => {
      waiting = null;
      tell();
      answered(confirmed);
    },
  };
  tell();
  return answer;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    // Nobody is left who could answer.
    if (listeners.size === 0) waiting?.settle(false);
  };
}

/** What waits for the password, for the dialog that asks for it. */
export function useConfirmation(): Confirmation | null {
  return useSyncExternalStore(subscribe, () => waiting);
}

/**
 * Sends a command; when the program wants the password again first, has it asked for and sends the command once more.
 * A person who gives no password gets the first answer.
 */
export async function callConfirmed<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
  try {
    return await call(name, request);
  } catch (reason) {
    if (asCallError(reason)?.code !== "confirmation_needed" || !(await ask())) throw reason;
    return call(name, request);
  }
}
