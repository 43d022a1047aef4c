import type { Tag } from "../bindings/contract";

/** Tags that a change of this desk has made stale and that were read again since, with the time of its answer. */
const refreshed = new Map<Tag, number>();

/** Called when a change was answered and what it made stale is being read again. */
export function noteRefreshed(tags: ReadonlyArray<Tag>): void {
  const at = performance.now();
  for (const tag of tags) refreshed.set(tag, at);
}

/** Whether this desk has read a tag again because of a change of its own that the next poll will name. */
export function refreshedByWrite(tag: Tag): boolean {
  return refreshed.has(tag);
}

/** A poll that was asked after a change was answered has named it: what comes later is news again. */
export function forgetRefreshed(askedAt: number): void {
  for (const [tag, at] of refreshed) if (at < askedAt) refreshed.delete(tag);
}
