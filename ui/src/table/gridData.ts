import { useMemo } from "react";
import type { ApiError, Instant, Page } from "../bindings/contract";

/** What a grid shows: the windows read so far, and how to have more. Where they come from is the page's affair. */
export type GridData<Row> = {
  readonly rows: ReadonlyArray<Row>;
  /** Of all that match; null until the first window is here. */
  readonly total: number | null;
  readonly totalIsExact: boolean;
  readonly asOf: Instant | null;
  /** `first`: nothing to show yet. `other`: old rows stand while another list is read. `more`: the next window is coming. */
  readonly reading: "first" | "other" | "more" | "idle";
  readonly error: ApiError | null;
  readonly hasMore: boolean;
  readonly readMore: () => void;
  readonly retry: () => void;
};

/** What a read by windows gives, whichever library keeps it. */
export type PagesRead<Row> = {
  readonly data: { readonly pages: ReadonlyArray<Page<Row>> } | undefined;
  readonly error: { readonly error: ApiError } | null;
  readonly isPending: boolean;
  readonly isPlaceholderData: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly hasNextPage: boolean;
  readonly fetchNextPage: () => unknown;
  readonly refetch: () => unknown;
};

export function useGridData<Row>(read: PagesRead<Row>): GridData<Row> {
  const pages = read.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages]);
  // The newest window knows best how many there are.
  const newest = pages?.at(-1);
  return {
    rows,
    total: newest?.total ?? null,
    totalIsExact: newest?.total_is_exact ?? true,
    asOf: pages?.[0]?.as_of ?? null,
    reading: reading(read),
    error: read.error?.error ?? null,
    hasMore: read.hasNextPage && !read.isPlaceholderData,
    readMore: () => void read.fetchNextPage(),
    retry: () => void (read.isFetchNextPageError ? read.fetchNextPage() : read.refetch()),
  };
}

function reading(read: PagesRead<unknown>): GridData<unknown>["reading"] {
  if (read.data === undefined) return read.isPending && read.error === null ? "first" : "idle";
  if (read.isPlaceholderData) return "other";
  return read.isFetchingNextPage ? "more" : "idle";
}
