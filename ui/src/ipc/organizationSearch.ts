import { useDeferredValue, useState } from "react";
import type { ListRequest, OrganizationRow } from "../bindings/contract";
import { useRead } from "./queries";

/** As many as a person looks through; typing one more letter is quicker than scrolling. */
const FOUND_MAX = 20;

/** An organization as a form's field holds it. */
export type OrganizationChoice = { id: number; label: string; hint: string; currency: string | null };

export type OrganizationSearch = {
  options: ReadonlyArray<OrganizationChoice>;
  searching: boolean;
  onQuery: (query: string) => void;
};

/** Finds organizations by name or ID for a field that chooses one. */
export function useOrganizationSearch(): OrganizationSearch {
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query.trim());
  const request: ListRequest = {
    search: asked === "" ? null : asked,
    filters: [],
    sort: { column: "name", descending: false },
    after: null,
    limit: FOUND_MAX,
  };
  const found = useRead("organizations.list", request, { keepPrevious: true });
  return {
    options: found.data?.rows.map(organizationChoice) ?? [],
    searching: found.isFetching,
    onQuery: setQuery,
  };
}

export function organizationChoice(row: Pick<OrganizationRow, "id" | "name" | "currency">): OrganizationChoice {
  return { id: row.id, label: row.name, hint: `ID ${row.id}`, currency: row.currency };
}
