import { useSyncExternalStore } from "react";
import { serverNow } from "../../lib/clock";
import { readStoredJson, writeStored, writeStoredJson } from "../../lib/storage";

export type Mode = "reply" | "note";

/** What is being written. `seen` is the newest message that the writer had seen when the text was begun. */
export type Draft = { text: string; seen: number; savedAt: number | null };

/** Drafts belong to a person at a connection: `owner` names both. */
export type DraftKey = { owner: string; ticket: number; mode: Mode };

const SAVE_MS = 1_000;
const EMPTY: Draft = { text: "", seen: 0, savedAt: null };

const drafts = new Map<string, Draft>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function nameOf({ owner, ticket, mode }: DraftKey): string {
  return `draft.${owner}.${ticket}.${mode}`;
}

function load(name: string): Draft {
  const stored = readStoredJson(name);
  if (typeof stored !== "object" || stored === null || !("text" in stored) || typeof stored.text !== "string")
    return EMPTY;
  return {
    text: stored.text,
    seen: "seen" in stored && typeof stored.seen === "number" ? stored.seen : 0,
    savedAt: "savedAt" in stored && typeof stored.savedAt === "number" ? stored.savedAt : null,
  };
}

function put(name: string, draft: Draft): void {
  drafts.set(name, draft);
  for (const listener of listeners) listener();
}

function save(name: string): void {
  timers.delete(name);
  const draft = drafts.get(name);
  if (draft === undefined) return;
  if (draft.text === "") {
    writeStored(name, null);
    return;
  }
  const saved = { ...draft, savedAt: serverNow() };
  writeStoredJson(name, saved);
  put(name, saved);
}

export function readDraft(key: DraftKey): Draft {
  const name = nameOf(key);
  let draft = drafts.get(name);
  if (draft === undefined) {
    draft = load(name);
    drafts.set(name, draft);
  }
  return draft;
}

/** Keeps what is written, and writes it to this desk's store within a second. */
export function writeDraft(key: DraftKey, text: string, seen: number): void {
  const name = nameOf(key);
  const before = readDraft(key);
  put(name, { text, seen, savedAt: before.savedAt });
  if (!timers.has(name)) {
    timers.set(
      name,
      setTimeout(() => save(name), SAVE_MS),
    );
  }
}

/** After it was sent. */
export function clearDraft(key: DraftKey): void {
  const name = nameOf(key);
  clearTimeout(timers.get(name));
  timers.delete(name);
  writeStored(name, null);
  put(name, EMPTY);
}

export function useDraft(key: DraftKey): Draft {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readDraft(key),
  );
}

/** Which of the two a person last wrote in, per ticket; it never changes by itself. */
export function readMode(owner: string, ticket: number): Mode {
  return readStoredJson(`mode.${owner}.${ticket}`) === "note" ? "note" : "reply";
}

export function writeMode(owner: string, ticket: number, mode: Mode): void {
  if (mode === "note") writeStoredJson(`mode.${owner}.${ticket}`, mode);
  else writeStored(`mode.${owner}.${ticket}`, null);
}
