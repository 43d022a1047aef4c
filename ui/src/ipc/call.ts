import { invoke } from "@tauri-apps/api/core";
import type { CommandName, Commands } from "../bindings/contract";
import { connection } from "./connection";
import { toCallError } from "./error";

export type RequestOf<N extends CommandName> = Commands[N]["request"];
export type AnswerOf<N extends CommandName> = Commands[N]["answer"];

/** Carries one command to the program. The answer's type is the contract's word; the program keeps it. */
export type Transport = (name: CommandName, payload: unknown) => Promise<unknown>;

/** Asked of Tauri itself rather than of us, so that a page opened in a browser is told apart. */
export function inDesktop(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

const desktop: Transport = (name, payload) => invoke("call", { name, payload });

const bridge: Transport = async (name, payload) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="bridge-token"]')?.content;
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["X-Bridge-Token"] = token;
  const response = await fetch(`/call/${name}`, { method: "POST", headers, body: JSON.stringify(payload) });
  const answer: unknown = await response.json();
  if (!response.ok) throw toCallError(answer);
  return answer;
};

let chosen: Transport | null = null;

/** Replaces the way to the program: the mock backend and the tests use this. */
export function setTransport(transport: Transport | null): void {
  chosen = transport;
}

export async function call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
  const transport = chosen ?? (inDesktop() ? desktop : bridge);
  try {
    const answer = await transport(name, request);
    connection.answered(name);
    return answer as AnswerOf<N>;
  } catch (reason) {
    const error = toCallError(reason);
    connection.failed(error);
    throw error;
  }
}
