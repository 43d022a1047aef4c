import type { ListRequest, TicketCounts, TicketQueue, TicketRow } from "../../bindings/contract";
import type { CallError } from "../../ipc/error";
import { useReadPages } from "../../ipc/queries";
import type { TicketSearch } from "./ticketSearch";

const WINDOW_ROWS = 100;

export type TicketQueueRead = {
  queue: TicketQueue;
  rows: ReadonlyArray<TicketRow>;
  total: number;
  counts: TicketCounts | null;
  error: CallError | null;
  loading: boolean;
  readMore: () => void;
  retry: () => void;
};

/** The queue that the URL names, window by window, sorted by what is due first. */
export function useTicketQueue(search: TicketSearch): TicketQueueRead {
  const queue = search.queue ?? "mine";
  const list: Omit<ListRequest, "after"> = {
    search: search.q ?? null,
    filters: search.priority === undefined ? [] : [{ column: "priority", op: "is", values: [search.priority] }],
    sort: null,
    limit: WINDOW_ROWS,
  };
  const read = useReadPages(
    "tickets.list",
    (after) => ({ queue, list: { ...list, after } }),
    (answer) => answer.page.next,
    { keepPrevious: true },
  );
  const first = read.data?.pages[0];
  return {
    queue,
    rows: read.data?.pages.flatMap((page) => page.page.rows) ?? [],
    total: first?.page.total ?? 0,
    counts: first?.counts ?? null,
    error: read.error,
    loading: read.data === undefined && read.error === null,
    readMore: () => {
      if (read.hasNextPage && !read.isFetchingNextPage) void read.fetchNextPage();
    },
    retry: () => void read.refetch(),
  };
}
