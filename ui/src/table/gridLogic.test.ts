import { describe, expect, it } from "vitest";
import type { GridColumn } from "./columns";
import { isDay, knownFilters, listRequest, parseValue } from "./filterValues";
import { gridCommand } from "./gridKeys";
import { ALL_SELECTED, idsBetween, isSelected, NOTHING_SELECTED, selectedCount, setMany, toggle } from "./selection";

const COLUMNS: ReadonlyArray<GridColumn<null>> = [
  { id: "name", header: "Name", width: 100, cell: () => null, sortable: true, filter: { kind: "text" } },
  { id: "balance", header: "Balance", width: 100, cell: () => null, sortable: true, filter: { kind: "money" } },
  { id: "created_at", header: "Created", width: 100, cell: () => null, filter: { kind: "time" } },
];

describe("a list's request", () => {
  it("asks for days as instants in UTC and takes in the whole last day", () => {
    const search = { f: "created_at.at_least.2026-11-01;created_at.at_most.2026-11-22" };
    expect(listRequest(search, COLUMNS, null).filters.map((filter) => filter.values)).toEqual([
      ["2026-11-01T00:00:00Z"],
      ["2026-11-22T23:59:59.999999Z"],
    ]);
  });

  it("leaves out columns and questions that the list does not have", () => {
    const f = "gone.is.x;name.at_least.x;balance.contains.1;balance.at_least.1e9;balance.at_least.12.50";
    expect(listRequest({ f, sort: "created_at" }, COLUMNS, { column: "name", descending: false })).toEqual({
      search: null,
      filters: [{ column: "balance", op: "at_least", values: ["12.50"] }],
      sort: { column: "name", descending: false },
      after: null,
      limit: 200,
    });
    expect(knownFilters([{ column: "created_at", op: "at_least", values: ["soon"] }], COLUMNS)).toEqual([]);
  });

  it("reads what people type", () => {
    expect(parseValue("money", " 1250.5 ")).toBe("1250.5");
    expect(parseValue("money", "1,250")).toBeNull();
    expect(parseValue("money", "NaN")).toBeNull();
    expect(parseValue("number", "3.5")).toBeNull();
    expect(isDay("2028-02-29")).toBe(true);
    expect(isDay("2026-02-29")).toBe(false);
    expect(isDay("2026-2-9")).toBe(false);
  });
});

describe("selection", () => {
  it("counts all that match, loaded or not, less those taken out", () => {
    const selection = toggle(ALL_SELECTED, 7);
    expect(isSelected(selection, 7)).toBe(false);
    expect(isSelected(selection, 8)).toBe(true);
    expect(selectedCount(selection, 2140)).toBe(2139);
    expect(selectedCount(selection, null)).toBeNull();
    expect(selectedCount(toggle(selection, 7), 2140)).toBe(2140);
  });

  it("takes a range in either direction, and again changes nothing", () => {
    expect(idsBetween([10, 11, 12, 13], 3, 1)).toEqual([11, 12, 13]);
    const once = setMany(NOTHING_SELECTED, [11, 12], true);
    expect(setMany(once, [11, 12], true)).toEqual(once);
    expect(selectedCount(setMany(once, [11, 12], false), 4)).toBe(0);
  });
});

describe("keys", () => {
  const press = (key: string, held: Partial<Record<"shiftKey" | "ctrlKey" | "metaKey" | "altKey", boolean>> = {}) =>
    gridCommand({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held }, true);

  it("move, open and select", () => {
    expect(press("j")).toEqual({ kind: "move", by: 1 });
    expect(press("ArrowUp")).toEqual({ kind: "move", by: -1 });
    expect(press("Enter")).toEqual({ kind: "open" });
    expect(press("X", { shiftKey: true })).toEqual({ kind: "selectRange" });
    expect(press("a", { metaKey: true })).toEqual({ kind: "selectAll" });
    expect(press("F10", { shiftKey: true })).toEqual({ kind: "menu" });
  });

  it("leave others' shortcuts alone", () => {
    expect(press("ArrowLeft", { altKey: true })).toBeNull();
    expect(press("k", { ctrlKey: true })).toBeNull();
    expect(press("constructor")).toBeNull();
  });

  it("do nothing as single letters when those are turned off", () => {
    const off = (key: string) =>
      gridCommand({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }, false);
    expect(off("x")).toBeNull();
    expect(off("/")).toBeNull();
    expect(off("ArrowDown")).toEqual({ kind: "move", by: 1 });
  });
});
