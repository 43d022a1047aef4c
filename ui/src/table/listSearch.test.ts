import { describe, expect, it } from "vitest";
import type { Filter } from "../bindings/contract";
import { encodeFilters, encodeSort, FILTERS_MAX, parseFilters, parseSort, validateListSearch } from "./listSearch";

describe("a list's URL", () => {
  it("keeps what it understands", () => {
    const raw = { q: "acme", sort: "-balance", f: "status.is.running~stopped", id: "7", tab: "users" };
    expect(validateListSearch(raw)).toEqual({ ...raw, id: 7 });
  });

  it("drops what it does not understand", () => {
    const raw = { q: {}, sort: "name; DROP TABLE", f: "status.like.x;;.is.", id: -3, tab: "../up", other: "x" };
    expect(validateListSearch(raw)).toEqual({});
  });

  it("takes a number in the search field as text", () => {
    expect(validateListSearch({ q: 203 })).toEqual({ q: "203" });
  });

  it("keeps a space while somebody is typing, but not a search of nothing else", () => {
    expect(validateListSearch({ q: "acme " })).toEqual({ q: "acme " });
    expect(validateListSearch({ q: "   " })).toEqual({});
  });

  it("sorts up and down", () => {
    expect(parseSort("name")).toEqual({ column: "name", descending: false });
    expect(parseSort("-created_at")).toEqual({ column: "created_at", descending: true });
    expect(parseSort("--name")).toBeNull();
    expect(parseSort(undefined)).toBeNull();
    expect(encodeSort(parseSort("-created_at"))).toBe("-created_at");
    expect(encodeSort(null)).toBeUndefined();
  });

  it("brings filters back as they were, with every sign that a value may hold", () => {
    const filters: Array<Filter> = [
      { column: "name", op: "contains", values: ["100% ~of; a.b &c=d é 中"] },
      { column: "status", op: "is_not", values: ["running", "stopped"] },
      { column: "balance", op: "at_least", values: ["-10.50"] },
    ];
    expect(parseFilters(encodeFilters(filters))).toEqual(filters);
  });

  it("bounds how much a URL may ask for", () => {
    const many = Array.from({ length: FILTERS_MAX + 5 }, (_, i) => `c${i}.is.v`).join(";");
    expect(parseFilters(many)).toHaveLength(FILTERS_MAX);
    expect(parseFilters(`name.contains.${"x".repeat(201)}`)).toEqual([]);
  });

  it("drops a value with an escape that nobody writes", () => {
    expect(parseFilters("name.is.%zz~fine")).toEqual([{ column: "name", op: "is", values: ["fine"] }]);
  });
});
