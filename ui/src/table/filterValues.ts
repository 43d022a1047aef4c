import type { Filter, ListRequest, Sort } from "../bindings/contract";
import { FILTER_OPS, type FilterKind, type GridColumn } from "./columns";
import { type ListSearch, parseFilters, parseSort } from "./listSearch";

/** Rows per window, the most that the contract allows. */
export const WINDOW_ROWS = 200;

const MONEY = /^-?\d{1,13}(\.\d{1,2})?$/;
const WHOLE = /^-?\d{1,15}$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The first window of what a list's URL asks for. Columns that this grid does not have, and questions that they do not
 * take, are left out: a link may come from an older version.
 */
export function listRequest<Row>(
  search: ListSearch,
  columns: ReadonlyArray<GridColumn<Row>>,
  usual: Sort | null,
): ListRequest {
  const q = search.q?.trim() ?? "";
  return {
    search: q === "" ? null : q,
    filters: knownFilters(parseFilters(search.f), columns).map((filter) => inInstants(filter, columns)),
    sort: knownSort(parseSort(search.sort), columns) ?? usual,
    after: null,
    limit: WINDOW_ROWS,
  };
}

export function knownFilters<Row>(
  filters: ReadonlyArray<Filter>,
  columns: ReadonlyArray<GridColumn<Row>>,
): Array<Filter> {
  return filters.flatMap((filter) => {
    const spec = columns.find((column) => column.id === filter.column)?.filter;
    if (spec === undefined || !FILTER_OPS[spec.kind].includes(filter.op)) return [];
    const values = filter.values.filter((value) => parseValue(spec.kind, value) !== null);
    return values.length === 0 ? [] : [{ ...filter, values }];
  });
}

function knownSort<Row>(sort: Sort | null, columns: ReadonlyArray<GridColumn<Row>>): Sort | null {
  if (sort === null) return null;
  return columns.some((column) => column.id === sort.column && column.sortable === true) ? sort : null;
}

/** What a person typed into a filter, as the contract wants it; null when it is not a value of this kind. */
export function parseValue(kind: FilterKind, typed: string): string | null {
  const value = typed.trim();
  switch (kind) {
    case "text":
    case "enum":
      return value === "" ? null : value;
    case "money":
      return MONEY.test(value) ? value : null;
    case "number":
      return WHOLE.test(value) ? value : null;
    case "time":
      return isDay(value) ? value : null;
  }
}

/** A calendar day that exists. */
export function isDay(value: string): boolean {
  const parts = DAY.exec(value);
  if (parts === null) return false;
  const time = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === value;
}

/** A URL and a chip hold the day, a request the instant. Days are UTC, as billing is; "until" takes in the whole day. */
function inInstants<Row>(filter: Filter, columns: ReadonlyArray<GridColumn<Row>>): Filter {
  if (columns.find((column) => column.id === filter.column)?.filter?.kind !== "time") return filter;
  const time = filter.op === "at_most" ? "T23:59:59.999999Z" : "T00:00:00Z";
  return { ...filter, values: filter.values.map((day) => `${day}${time}`) };
}

/** Names a list apart from its position, to know when it has become another list. */
export function listKey(request: ListRequest): string {
  return JSON.stringify([request.search, request.filters, request.sort]);
}
