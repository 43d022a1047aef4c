import { useState } from "react";
import { ALL_SELECTED, idsBetween, isEmpty, NOTHING_SELECTED, type Selection, setMany, toggle } from "./selection";

export type GridSelection = {
  readonly selection: Selection;
  readonly toggle: (index: number) => void;
  /** From the row last touched, or this other one when none was, to this one. */
  readonly range: (index: number, from: number) => void;
  readonly all: () => void;
  readonly clear: () => void;
};

type State = { readonly list: string; readonly selection: Selection; readonly anchor: number | null };

/** A selection belongs to one list: rows that another search has put out of sight must not stay selected. */
export function useSelection(list: string, ids: ReadonlyArray<number>, total: number | null): GridSelection {
  const [kept, setState] = useState<State>({ list, selection: NOTHING_SELECTED, anchor: null });
  const state: State = kept.list === list ? kept : { list, selection: NOTHING_SELECTED, anchor: null };
  const set = (selection: Selection, anchor: number | null) =>
    setState({ list, selection: isEmpty(selection, total) ? NOTHING_SELECTED : selection, anchor });
  return {
    selection: state.selection,
    toggle: (index) => {
      const id = ids[index];
      if (id !== undefined) set(toggle(state.selection, id), index);
    },
    range: (index, from) => {
      const anchor = state.anchor ?? from;
      set(setMany(state.selection, idsBetween(ids, anchor, index), true), anchor);
    },
    all: () => set(ALL_SELECTED, state.anchor),
    clear: () => set(NOTHING_SELECTED, null),
  };
}
