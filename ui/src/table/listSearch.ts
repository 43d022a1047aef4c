import type { Filter, FilterOp, Sort } from "../bindings/contract";

/**
 * What a list keeps in the URL, so that a view can be shared, reloaded and gone back to.
 * Everything is text: `q=acme&sort=-balance&f=status.is.running~stopped;balance.at_least.10.00&id=7`.
 */
export type ListSearch = {
  /** The search field. */
  q?: string;
  /** A column's name; a leading minus sorts descending. */
  sort?: string;
  /** Filters as `encodeFilters` writes them. */
  f?: string;
  /** The row shown in the side panel, or the one to return to. */
  id?: number;
  /** The open tab of a detail page. */
  tab?: string;
};

const OPS: Readonly<Record<FilterOp, true>> = {
  is: true,
  is_not: true,
  contains: true,
  at_least: true,
  at_most: true,
};

/** Bounds on what a URL may ask for; more than this is no filter that a person made. */
export const FILTERS_MAX = 20;
export const FILTER_VALUES_MAX = 50;
export const SEARCH_CHARS_MAX = 200;

const COLUMN = /^[a-z][a-z0-9_]{0,62}$/;
const SORT = /^-?[a-z][a-z0-9_]{0,62}$/;

/** Reads what a URL holds. What is not understood is dropped, since a link can be old or typed by hand. */
export function validateListSearch(raw: Record<string, unknown>): ListSearch {
  const search: ListSearch = {};
  const q = asText(raw.q)?.slice(0, SEARCH_CHARS_MAX);
  if (q !== undefined && q.trim() !== "") search.q = q;
  const sort = asText(raw.sort);
  if (sort !== undefined && SORT.test(sort)) search.sort = sort;
  const f = encodeFilters(parseFilters(asText(raw.f)));
  if (f !== undefined) search.f = f;
  const id = asId(raw.id);
  if (id !== undefined) search.id = id;
  const tab = asText(raw.tab);
  if (tab !== undefined && COLUMN.test(tab)) search.tab = tab;
  return search;
}

/** `-created_at` as the contract has it; undefined when no sort is given. */
export function parseSort(sort: string | undefined): Sort | null {
  if (sort === undefined || !SORT.test(sort)) return null;
  return sort.startsWith("-") ? { column: sort.slice(1), descending: true } : { column: sort, descending: false };
}

export function encodeSort(sort: Sort | null): string | undefined {
  if (sort === null) return undefined;
  return sort.descending ? `-${sort.column}` : sort.column;
}

/** Filters are separated by `;`, values by `~`; both, and `%`, are escaped within a value. */
export function encodeFilters(filters: ReadonlyArray<Filter>): string | undefined {
  if (filters.length === 0) return undefined;
  return filters.map((filter) => `${filter.column}.${filter.op}.${filter.values.map(escapeValue).join("~")}`).join(";");
}

export function parseFilters(encoded: string | undefined): Array<Filter> {
  if (encoded === undefined || encoded === "") return [];
  const filters: Array<Filter> = [];
  for (const part of encoded.split(";")) {
    const filter = parseFilter(part);
    if (filter !== null) filters.push(filter);
    if (filters.length === FILTERS_MAX) break;
  }
  return filters;
}

function parseFilter(part: string): Filter | null {
  const columnEnd = part.indexOf(".");
  const opEnd = part.indexOf(".", columnEnd + 1);
  if (columnEnd < 1 || opEnd < 0) return null;
  const column = part.slice(0, columnEnd);
  const op = part.slice(columnEnd + 1, opEnd);
  if (!COLUMN.test(column) || !isOp(op)) return null;
  const values: Array<string> = [];
  for (const escaped of part
    .slice(opEnd + 1)
    .split("~")
    .slice(0, FILTER_VALUES_MAX)) {
    const value = unescapeValue(escaped);
    if (value !== null && value !== "" && value.length <= SEARCH_CHARS_MAX) values.push(value);
  }
  return values.length === 0 ? null : { column, op, values };
}

function isOp(text: string): text is FilterOp {
  return Object.hasOwn(OPS, text);
}

function escapeValue(value: string): string {
  return value.replace(/[%;~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescapeValue(value: string): string | null {
  return /%(?!25|3B|7E)/.test(value)
    ? null
    : value.replace(/%(25|3B|7E)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Routers read `q=123` as a number and `q=true` as a boolean; for a search field they are text. */
function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

function asId(value: unknown): number | undefined {
  const id = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
