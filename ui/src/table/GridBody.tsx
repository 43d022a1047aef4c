// biome-ignore-all lint/a11y/useSemanticElements: rows that move in one block under a sticky head can't be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has one tab stop, its active row
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import type { GridColumn } from "./columns";
import { GridRow } from "./GridRow";
import type { GridData } from "./gridData";
import { isSelected, type Selection } from "./selection";

/** The sticky head's height, which covers the first pixels of the scroller. */
export const HEAD_PX = 28;
const OVERSCAN_ROWS = 6;
/** The next window is asked for when the last row drawn is this near to the last row read. */
const AHEAD_ROWS = 60;

export type GridScroll = { readonly to: (index: number) => void; readonly pageRows: () => number };

type GridBodyProps<Row> = {
  readonly data: GridData<Row>;
  readonly columns: ReadonlyArray<GridColumn<Row>>;
  readonly rowId: (row: Row) => number;
  readonly rowName: (row: Row) => string;
  readonly rowHeight: number;
  readonly scroller: HTMLElement | null;
  readonly startScrollTop: number;
  readonly activeIndex: number;
  /** Called after each drawing, when rows have come and gone. */
  readonly settle: () => void;
  readonly glancedId: number | null;
  readonly selection: Selection;
  readonly hasMenu: boolean;
  readonly scroll: { current: GridScroll | null };
};

/** The rows in sight and a few around them, in one block that is moved as a whole. */
export function GridBody<Row>(props: GridBodyProps<Row>) {
  const { data, rowHeight, scroller, startScrollTop, scroll } = props;
  const { rows, hasMore, reading, error, readMore } = data;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    initialOffset: startScrollTop,
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const lastIndex = items.at(-1)?.index ?? -1;

  useLayoutEffect(() => {
    scroll.current = {
      to: (index) => virtual.scrollToIndex(index, { align: "auto" }),
      pageRows: () => Math.max(1, Math.floor(((scroller?.clientHeight ?? 0) - HEAD_PX) / rowHeight) - 1),
    };
  }, [scroll, virtual, scroller, rowHeight]);

  // Every row has the same height: when the density changes, all that was measured is wrong.
  const measured = useRef(rowHeight);
  useLayoutEffect(() => {
    if (measured.current === rowHeight) return;
    measured.current = rowHeight;
    virtual.measure();
  }, [rowHeight, virtual]);

  useLayoutEffect(() => props.settle());

  const near = lastIndex >= 0 && lastIndex >= rows.length - AHEAD_ROWS;
  const wantsMore = near && hasMore && reading === "idle" && error === null;
  // The scroll position is outside of React, and this is where it asks for more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once per wish and number of rows, not per identity of the function
  useEffect(() => {
    if (wantsMore) readMore();
  }, [wantsMore, rows.length]);

  return (
    <div role="rowgroup" className="grid-body" style={{ height: rows.length * rowHeight }}>
      <div
        role="presentation"
        className="grid-block"
        style={{ transform: `translateY(${(first?.start ?? HEAD_PX) - HEAD_PX}px)` }}
      >
        {items.map((item): ReactNode => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const id = props.rowId(row);
          return (
            <GridRow
              key={id}
              row={row}
              name={props.rowName(row)}
              index={item.index}
              columns={props.columns}
              active={item.index === props.activeIndex}
              selected={isSelected(props.selection, id)}
              glanced={id === props.glancedId}
              hasMenu={props.hasMenu}
            />
          );
        })}
      </div>
    </div>
  );
}
