import type { Cursor, Filter, ListRequest, Page } from "../../bindings/contract";
import { instant, mockNow } from "./clock";

type Row = Readonly<Record<string, unknown>>;

function text(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Numbers compare as numbers, times and names as text; nothing sorts last. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return text(a).localeCompare(text(b), "en");
}

function passes(row: Row, filter: Filter): boolean {
  const value = row[filter.column];
  switch (filter.op) {
    case "is":
      return filter.values.includes(text(value));
    case "is_not":
      return !filter.values.includes(text(value));
    case "contains":
      return filter.values.some((each) => text(value).toLowerCase().includes(each.toLowerCase()));
    case "at_least":
      return filter.values.every((each) => value !== null && compare(value, each) >= 0);
    case "at_most":
      return filter.values.every((each) => value !== null && compare(value, each) <= 0);
  }
}

/** Searches, filters, sorts and pages invented rows as the database does with real ones. */
export function page<T extends object>(rows: ReadonlyArray<T>, request: ListRequest): Page<T> {
  const search = request.search?.trim().toLowerCase() ?? "";
  const asRow = (row: T): Row => row as unknown as Row;
  const matching = rows.filter(
    (row) =>
      (search === "" ||
        Object.values(row).some((value) => typeof value !== "object" && text(value).toLowerCase().includes(search))) &&
      request.filters.every((filter) => passes(asRow(row), filter)),
  );
  const sort = request.sort;
  if (sort !== null) {
    const sign = sort.descending ? -1 : 1;
    matching.sort((a, b) => sign * compare(asRow(a)[sort.column], asRow(b)[sort.column]));
  }
  const from = request.after === null ? 0 : Number(request.after);
  const window = matching.slice(from, from + request.limit);
  const next = from + window.length;
  return {
    rows: window,
    next: next < matching.length ? (String(next) as Cursor) : null,
    total: matching.length,
    total_is_exact: true,
    as_of: instant(mockNow()),
  };
}
