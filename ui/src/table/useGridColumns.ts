import { columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useState } from "react";
import { type GridColumn, WIDTH_MAX_PX, WIDTH_MIN_PX } from "./columns";
import { readColumns, writeColumns } from "./gridMemory";

const features = tableFeatures({ columnSizingFeature, columnVisibilityFeature });

/**
 * The table library keeps the columns only. Rows are SQL's: building a model of every loaded row again with every window
 * would cost more than it tells.
 */
const NO_ROWS: Array<Record<string, never>> = [];

export type GridColumns<Row> = {
  readonly all: ReadonlyArray<GridColumn<Row>>;
  readonly visible: ReadonlyArray<GridColumn<Row>>;
  /** The CSS grid's tracks for the visible columns. */
  readonly tracks: string;
  /** The least width that they need together. */
  readonly widthPx: number;
  readonly isVisible: (id: string) => boolean;
  readonly show: (id: string, shown: boolean) => void;
  readonly resize: (id: string, widthPx: number) => void;
  /** Writes the widths down, at the end of a drag rather than on each of its steps. */
  readonly keep: () => void;
  readonly reset: () => void;
};

/** Which columns a grid shows and how wide, remembered per grid. The first column names the row and can't be hidden. */
export function useGridColumns<Row>(grid: string, columns: ReadonlyArray<GridColumn<Row>>): GridColumns<Row> {
  const [remembered] = useState(() => readColumns(grid));
  const [sizing, setSizing] = useState<Record<string, number>>(remembered.widths);
  const [visibility, setVisibility] = useState<Record<string, boolean>>(() => ({
    ...startVisibility(columns),
    ...remembered.shown,
  }));
  const [defs] = useState(() =>
    columns.map((column, index) => ({
      id: column.id,
      header: column.header,
      size: column.width,
      minSize: WIDTH_MIN_PX,
      maxSize: WIDTH_MAX_PX,
      enableHiding: index > 0,
    })),
  );
  const table = useTable({
    features,
    columns: defs,
    data: NO_ROWS,
    state: { columnSizing: sizing, columnVisibility: visibility },
    onColumnSizingChange: setSizing,
    onColumnVisibilityChange: setVisibility,
  });

  const sizes = new Map(table.getVisibleLeafColumns().map((column) => [column.id, column.getSize()]));
  const visible = columns.filter((column) => sizes.has(column.id));

  return {
    all: columns,
    visible,
    tracks: tracks(visible, sizes, sizing),
    widthPx: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    isVisible: (id) => sizes.has(id),
    show: (id, shown) => {
      const next = { ...visibility, [id]: shown };
      table.setColumnVisibility(next);
      writeColumns(grid, { widths: sizing, shown: next });
    },
    resize: (id, widthPx) => {
      const width = Math.round(Math.min(WIDTH_MAX_PX, Math.max(WIDTH_MIN_PX, widthPx)));
      table.setColumnSizing((old) => ({ ...old, [id]: width }));
    },
    keep: () => writeColumns(grid, { widths: sizing, shown: visibility }),
    reset: () => {
      table.setColumnSizing({});
      table.setColumnVisibility(startVisibility(columns));
      writeColumns(grid, { widths: {}, shown: {} });
    },
  };
}

function startVisibility<Row>(columns: ReadonlyArray<GridColumn<Row>>): Record<string, boolean> {
  return Object.fromEntries(columns.filter((column) => column.hidden === true).map((column) => [column.id, false]));
}

/** A column that nobody has resized takes its share of spare room; once every one has been, the room stays at the end. */
function tracks<Row>(
  visible: ReadonlyArray<GridColumn<Row>>,
  sizes: ReadonlyMap<string, number>,
  chosen: Readonly<Record<string, number>>,
): string {
  return visible
    .map((column) => {
      const size = sizes.get(column.id) ?? column.width;
      return Object.hasOwn(chosen, column.id) ? `${size}px` : `minmax(${size}px, ${size}fr)`;
    })
    .join(" ");
}
