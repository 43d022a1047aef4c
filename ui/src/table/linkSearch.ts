import type { Filter } from "../bindings/contract";
import { encodeFilters, type ListSearch } from "./listSearch";

/** A list filtered to one organization's rows, the way a person would filter it. */
export function ofOrganization(name: string): Pick<ListSearch, "f"> {
  return filteredTo({ column: "organization", op: "is", values: [name] });
}

/** A list filtered to one row, which is shown: it may lie far beyond the windows that are read at first. */
export function onlyRow(id: number): Pick<ListSearch, "f" | "id"> {
  return { ...filteredTo({ column: "id", op: "is", values: [String(id)] }), id };
}

export function filteredTo(...filters: ReadonlyArray<Filter>): Pick<ListSearch, "f"> {
  const f = encodeFilters(filters);
  return f === undefined ? {} : { f };
}
