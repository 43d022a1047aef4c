import { type FocusEvent, useEffect, useRef, useState } from "react";

/** A row is known by its id, so that it stays the active one when a refresh moves it. */
type Active = { readonly list: string; readonly index: number; readonly id: number };

export type GridFocus = {
  /** The active row's place among the loaded ones; -1 when there is none. */
  readonly activeIndex: number;
  /** Makes a row the active one and gives it the focus. */
  readonly moveTo: (index: number) => void;
  /** Puts the focus where it belongs among the rows that are drawn now: to be called after each drawing of rows. */
  readonly settle: () => void;
  readonly onFocus: () => void;
  readonly onBlur: (event: FocusEvent) => void;
};

type Options = {
  readonly list: string;
  readonly ids: ReadonlyArray<number>;
  readonly startId: number | null;
  /** Whether the list was left before and is come back to: the focus then comes back too, if nothing else has it. */
  readonly resume: boolean;
  readonly scroller: HTMLElement | null;
  readonly scrollTo: (index: number) => void;
};

/**
 * The roving focus of a grid: one row is reachable with Tab. A row scrolled out of the DOM can't hold the focus, which
 * the scroller then keeps for it, so that the keys go on working and Tab does not start over at the page's top.
 */
export function useGridFocus({ list, ids, startId, resume, scroller, scrollTo }: Options): GridFocus {
  const [active, setActive] = useState<Active | null>(null);
  const wanted = useRef(resume && document.activeElement === document.body);
  const held = useRef(false);
  const activeIndex = locate(active !== null && active.list === list ? active : null, ids, startId);

  // Pressing anywhere else lets go of the focus, which must not be fetched back when rows are drawn again.
  useEffect(() => {
    const letGo = (event: PointerEvent) => {
      if (event.target instanceof Node && scroller?.contains(event.target) !== true) held.current = false;
    };
    window.addEventListener("pointerdown", letGo, true);
    return () => window.removeEventListener("pointerdown", letGo, true);
  }, [scroller]);

  return {
    activeIndex,
    moveTo: (index) => {
      const bounded = Math.min(ids.length - 1, Math.max(0, index));
      const id = ids[bounded];
      if (id === undefined) return;
      wanted.current = true;
      setActive({ list, index: bounded, id });
      scrollTo(bounded);
    },
    settle: () => {
      if (scroller === null) return;
      const focused = document.activeElement;
      const lost = held.current && (focused === null || focused === document.body);
      const row = scroller.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`);
      if (row !== null && (wanted.current || lost || focused === scroller)) {
        wanted.current = false;
        row.focus({ preventScroll: true });
      } else if (row === null && (lost || wanted.current)) {
        scroller.focus({ preventScroll: true });
      }
    },
    onFocus: () => {
      held.current = true;
    },
    onBlur: (event) => {
      // Without a next element, the row may have been scrolled away under the focus.
      if (event.relatedTarget instanceof Node && scroller?.contains(event.relatedTarget) !== true) held.current = false;
    },
  };
}

function locate(active: Active | null, ids: ReadonlyArray<number>, startId: number | null): number {
  if (ids.length === 0) return -1;
  if (active === null) return startId === null ? 0 : Math.max(0, ids.indexOf(startId));
  if (ids[active.index] === active.id) return active.index;
  const moved = ids.indexOf(active.id);
  return moved >= 0 ? moved : Math.min(active.index, ids.length - 1);
}
