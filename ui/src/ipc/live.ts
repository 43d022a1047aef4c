import type { Query, QueryClient } from "@tanstack/react-query";
import type { LiveAnswer, Tag } from "../bindings/contract";
import { forgetRefreshed, refreshedByWrite } from "./refreshed";
import { tagsOfKey } from "./tags";

/** Answers under these are sums over a whole business: while changes keep coming they are read no more often. */
const SELDOM_MS: Readonly<Partial<Record<Tag, number>>> = { dashboard: 5_000, shell: 2_000 };

/**
 * What is stale and has not been read again yet. Nothing is dropped: a query that is being read may have begun before
 * the change, so it is read once more when it has arrived, and is never cut off, however fast changes come.
 */
export class StaleReads {
  readonly #client: QueryClient;
  readonly #now: () => number;
  readonly #tags = new Set<Tag>();
  readonly #readAt = new Map<Tag, number>();
  readonly #queries = new Set<string>();

  constructor(client: QueryClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** Takes a poll's answer; `sentAt` is when it was asked. */
  take(answer: LiveAnswer, sentAt: number): void {
    if (answer.everything) this.#mark(() => true);
    // What is carried out at this desk after its answer, as this desk, is news; it writes its intent with whatever it changes.
    const goesOn = answer.stale.some(({ tag }) => tag === "intents");
    for (const { tag, by_others } of answer.stale) {
      // What this desk has changed by itself it has read again with the change's answer.
      if (by_others || goesOn || !refreshedByWrite(tag)) this.#tags.add(tag);
    }
    forgetRefreshed(sentAt);
    this.flush();
  }

  /** Reads again what could not be read while there was no connection. */
  takeFailed(): void {
    this.#mark((query) => query.state.status === "error" || query.state.fetchFailureCount > 0);
    this.flush();
  }

  /** Reads again what is due and not being read. */
  flush(): void {
    const now = this.#now();
    const due = new Set<Tag>();
    for (const tag of this.#tags) {
      if (now - (this.#readAt.get(tag) ?? Number.NEGATIVE_INFINITY) < (SELDOM_MS[tag] ?? 0)) continue;
      due.add(tag);
      this.#tags.delete(tag);
      this.#readAt.set(tag, now);
    }
    if (due.size > 0) this.#mark((query) => tagsOfKey(query.queryKey).some((tag) => due.has(tag)));
    for (const hash of this.#queries) {
      const query = this.#client.getQueryCache().get(hash);
      if (query?.state.fetchStatus === "fetching") continue;
      this.#queries.delete(hash);
      if (query === undefined) continue;
      void this.#client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }

  #mark(isStale: (query: Query) => boolean): void {
    for (const query of this.#client.getQueryCache().findAll({ predicate: isStale })) {
      // Where the program stands and what belongs to this desk alone no colleague changes.
      if (tagsOfKey(query.queryKey).every((tag) => tag === "state" || tag === "preferences" || tag === "tasks"))
        continue;
      this.#queries.add(query.queryHash);
    }
  }
}
