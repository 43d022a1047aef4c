// biome-ignore-all lint/a11y/useSemanticElements: rows that move in one block under a sticky head can't be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has one tab stop, its active row
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from "react";
import type { Sort } from "../bindings/contract";
import type { GridColumn } from "./columns";
import { cellClass } from "./GridRow";
import type { GridColumns } from "./useGridColumns";

const RESIZE_STEP_PX = 16;

type GridHeadProps<Row> = {
  readonly columns: GridColumns<Row>;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
  readonly allSelected: "none" | "some" | "all";
  readonly onSelectAll: () => void;
  /** The focus goes back to the rows. */
  readonly onLeave: () => void;
};

/** The head row. Its cells are reached with the up arrow from the first row: Enter sorts, Shift and an arrow resize. */
function GridHeadPlain<Row>({ columns, sort, onSort, allSelected, onSelectAll, onLeave }: GridHeadProps<Row>) {
  const row = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cells = Array.from(row.current?.querySelectorAll<HTMLElement>("[data-column]") ?? []);
    const at = cells.indexOf(document.activeElement as HTMLElement);
    const column = columns.visible[at];
    if (column === undefined) return;
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step !== 0 && event.shiftKey) {
      columns.resize(column.id, (cells[at]?.offsetWidth ?? column.width) + step * RESIZE_STEP_PX);
      columns.keep();
    } else if (step !== 0) {
      cells[Math.min(cells.length - 1, Math.max(0, at + step))]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      if (column.sortable === true) onSort(nextSort(column, sort));
    } else if (event.key === "ArrowDown" || event.key === "Escape") {
      onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div role="rowgroup" className="grid-head">
      <div
        role="row"
        ref={row}
        className="grid-row grid-head-row"
        aria-rowindex={1}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <div role="columnheader" className="grid-cell grid-check">
          <input
            type="checkbox"
            aria-label="Select all that match"
            tabIndex={-1}
            checked={allSelected === "all"}
            ref={(box) => {
              if (box !== null) box.indeterminate = allSelected === "some";
            }}
            onChange={onSelectAll}
          />
        </div>
        {columns.visible.map((column, position) => (
          <HeadCell
            key={column.id}
            column={column}
            pinned={position === 0}
            sorted={
              sort !== null && sort.column === column.id ? (sort.descending ? "descending" : "ascending") : "none"
            }
            onSort={() => onSort(nextSort(column, sort))}
            onResize={(width) => columns.resize(column.id, width)}
            onResized={columns.keep}
          />
        ))}
        <div role="columnheader" className="grid-cell grid-more">
          <span className="sr-only">Actions</span>
        </div>
      </div>
    </div>
  );
}

// `memo` loses the type parameter; the function's own type is what callers see.
export const GridHead = memo(GridHeadPlain) as typeof GridHeadPlain;

type HeadCellProps<Row> = {
  readonly column: GridColumn<Row>;
  readonly pinned: boolean;
  readonly sorted: "ascending" | "descending" | "none";
  readonly onSort: () => void;
  readonly onResize: (widthPx: number) => void;
  readonly onResized: () => void;
};

function HeadCell<Row>({ column, pinned, sorted, onSort, onResize, onResized }: HeadCellProps<Row>) {
  const sortable = column.sortable === true;
  const label = (
    <>
      <span className="grid-text">{column.header}</span>
      {sorted === "ascending" ? <ArrowUp className="icon-xs" aria-hidden /> : null}
      {sorted === "descending" ? <ArrowDown className="icon-xs" aria-hidden /> : null}
    </>
  );
  return (
    <div
      role="columnheader"
      className={cellClass(column.align === "right", pinned)}
      aria-sort={sortable ? sorted : undefined}
      data-column={column.id}
      tabIndex={-1}
    >
      {sortable ? (
        <button type="button" className="grid-sort" data-sorted={sorted} tabIndex={-1} onClick={onSort}>
          {label}
        </button>
      ) : (
        label
      )}
      <ResizeHandle onResize={onResize} onResized={onResized} />
    </div>
  );
}

/** For the pointer only; the keyboard resizes from the head cell itself. */
function ResizeHandle({
  onResize,
  onResized,
}: {
  readonly onResize: (widthPx: number) => void;
  readonly onResized: () => void;
}) {
  const [drag, setDrag] = useState<{ readonly fromX: number; readonly fromWidth: number } | null>(null);
  const end = () => {
    if (drag === null) return;
    setDrag(null);
    onResized();
  };
  return (
    <span
      className="grid-resize"
      aria-hidden="true"
      data-dragging={drag !== null || undefined}
      onPointerDown={(event: PointerEvent<HTMLSpanElement>) => {
        const cell = event.currentTarget.parentElement;
        if (event.button !== 0 || cell === null) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ fromX: event.clientX, fromWidth: cell.offsetWidth });
      }}
      onPointerMove={(event) => {
        if (drag !== null) onResize(drag.fromWidth + event.clientX - drag.fromX);
      }}
      onPointerUp={end}
      onLostPointerCapture={end}
    />
  );
}

/** Round and round: the usual direction of the column, the other one, then the list's own order. */
function nextSort<Row>(column: GridColumn<Row>, sort: Sort | null): Sort | null {
  const kind = column.filter?.kind;
  const first = kind === "money" || kind === "number" || kind === "time";
  if (sort === null || sort.column !== column.id) return { column: column.id, descending: first };
  return sort.descending === first ? { column: column.id, descending: !first } : null;
}
