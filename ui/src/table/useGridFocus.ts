import { useLayoutEffect, useRef, useState } from "react";

/** A row is known by its id, so that it stays the active one when a refresh moves it. */
type Active = { readonly list: string; readonly index: number; readonly id: number };

type GridFocus = {
  /** The active row's place among the loaded ones; -1 when there is none. */
  readonly activeIndex: number;
  /** Makes a row the active one and, unless told otherwise, gives it the focus. */
  readonly moveTo: (index: number, focus?: boolean) => void;
};

type Options = {
  readonly list: string;
  readonly ids: ReadonlyArray<number>;
  readonly startId: number | null;
  readonly scroller: HTMLElement | null;
  readonly scrollTo: (index: number) => void;
};

/**
 * The roving focus of a grid: one row is reachable with Tab. A row scrolled out of the DOM can't hold the focus, which
 * the scroller then keeps for it, so that the keys go on working and Tab does not start over at the page's top.
 */
export function useGridFocus({ list, ids, startId, scroller, scrollTo }: Options): GridFocus {
  const [active, setActive] = useState<Active | null>(null);
  const wanted = useRef(false);
  const held = useRef(false);
  const activeIndex = locate(active !== null && active.list === list ? active : null, ids, startId);

  useLayoutEffect(() => {
    if (scroller === null) return;
    const focused = document.activeElement;
    const lost = held.current && (focused === null || focused === document.body);
    const row = scroller.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`);
    if (row !== null && (wanted.current || lost || focused === scroller)) {
      wanted.current = false;
      row.focus({ preventScroll: true });
    } else if (row === null && lost) {
      scroller.focus({ preventScroll: true });
    }
    held.current = scroller.contains(document.activeElement);
  });

  return {
    activeIndex,
    moveTo: (index, focus = true) => {
      const bounded = Math.min(ids.length - 1, Math.max(0, index));
      const id = ids[bounded];
      if (id === undefined) return;
      wanted.current = focus;
      setActive({ list, index: bounded, id });
      scrollTo(bounded);
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
