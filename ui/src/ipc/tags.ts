import type { Query } from "@tanstack/react-query";
import { COMMAND_TAGS, type CommandName, type Tag } from "../bindings/contract";

function isCommandName(value: unknown): value is CommandName {
  return typeof value === "string" && Object.hasOwn(COMMAND_TAGS, value);
}

/** The tags that a cached read provides; none for what is not a command's answer. */
export function tagsOfKey(key: ReadonlyArray<unknown>): ReadonlyArray<Tag> {
  const name = key[0];
  return isCommandName(name) ? COMMAND_TAGS[name].tags : [];
}

/** Which cached reads a write makes stale. */
export function madeStaleBy(write: CommandName): (query: Pick<Query, "queryKey">) => boolean {
  const stale = new Set<Tag>(COMMAND_TAGS[write].tags);
  return (query) => tagsOfKey(query.queryKey).some((tag) => stale.has(tag));
}

/** A change of who is signed in, or where to, makes everything else that was read someone else's. */
export function changesSession(write: CommandName): boolean {
  return COMMAND_TAGS[write].tags.includes("state");
}
