/**
 * Which rows are selected. `all` means every row that matches the list, loaded or not, but for those taken out by hand;
 * so that "Select all 2,140" costs no window that has not been read.
 */
export type Selection =
  | { readonly kind: "some"; readonly ids: ReadonlySet<number> }
  | { readonly kind: "all"; readonly except: ReadonlySet<number> };

export const NOTHING_SELECTED: Selection = { kind: "some", ids: new Set() };
export const ALL_SELECTED: Selection = { kind: "all", except: new Set() };

export function isSelected(selection: Selection, id: number): boolean {
  return selection.kind === "some" ? selection.ids.has(id) : !selection.except.has(id);
}

export function toggle(selection: Selection, id: number): Selection {
  return setMany(selection, [id], !isSelected(selection, id));
}

/** Selects or clears these rows and leaves the others as they are. */
export function setMany(selection: Selection, ids: Iterable<number>, selected: boolean): Selection {
  const add = (selection.kind === "some") === selected;
  const changed = new Set(selection.kind === "some" ? selection.ids : selection.except);
  for (const id of ids) {
    if (add) changed.add(id);
    else changed.delete(id);
  }
  return selection.kind === "some" ? { kind: "some", ids: changed } : { kind: "all", except: changed };
}

/** How many are selected; null when everything is and the total is not known. */
export function selectedCount(selection: Selection, total: number | null): number | null {
  if (selection.kind === "some") return selection.ids.size;
  return total === null ? null : Math.max(0, total - selection.except.size);
}

export function isEmpty(selection: Selection, total: number | null): boolean {
  return selectedCount(selection, total) === 0;
}

/** The ids between two rows of the loaded ones, both included, in either direction. */
export function idsBetween(ids: ReadonlyArray<number>, from: number, to: number): ReadonlyArray<number> {
  return ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}
