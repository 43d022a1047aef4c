// biome-ignore-all lint/a11y/useSemanticElements: rows that move in one block under a sticky head can't be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has one tab stop, its active row
import { Ellipsis } from "lucide-react";
import { memo } from "react";
import type { GridColumn } from "./columns";

type GridRowProps<Row> = {
  readonly row: Row;
  readonly name: string;
  /** From 0, among the loaded rows. */
  readonly index: number;
  readonly columns: ReadonlyArray<GridColumn<Row>>;
  readonly active: boolean;
  readonly selected: boolean;
  readonly glanced: boolean;
  readonly hasMenu: boolean;
};

/**
 * A row holds no handlers: the body hears for all of them. The parts that mean something to it carry `data-part`.
 */
function GridRowPlain<Row>({ row, name, index, columns, active, selected, glanced, hasMenu }: GridRowProps<Row>) {
  return (
    <div
      role="row"
      className="grid-row"
      // The head is the first row.
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-current={glanced ? "true" : undefined}
      data-index={index}
      data-active={active || undefined}
      tabIndex={active ? 0 : -1}
    >
      <div role="gridcell" className="grid-cell grid-check" data-part="check">
        <input type="checkbox" aria-label={`Select ${name}`} checked={selected} readOnly tabIndex={-1} />
      </div>
      {columns.map((column, position) => (
        <div
          key={column.id}
          role={position === 0 ? "rowheader" : "gridcell"}
          className={cellClass(column.align === "right", position === 0)}
          data-column={column.id}
        >
          <span className="grid-text">{column.cell(row)}</span>
        </div>
      ))}
      <div role="gridcell" className="grid-cell grid-more">
        {hasMenu ? (
          <button
            type="button"
            className="grid-more-button"
            data-part="menu"
            aria-label={`Actions for ${name}`}
            aria-haspopup="menu"
            tabIndex={-1}
          >
            <Ellipsis className="icon-s" aria-hidden />
          </button>
        ) : null}
      </div>
    </div>
  );
}

export function cellClass(right: boolean, pinned: boolean): string {
  return `grid-cell${right ? " grid-right" : ""}${pinned ? " grid-pinned" : ""}`;
}

// `memo` loses the type parameter; the function's own type is what callers see.
export const GridRow = memo(GridRowPlain) as typeof GridRowPlain;
