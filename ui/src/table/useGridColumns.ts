import { columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useMemo, useState } from "react";
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

  // Kept from drawing to drawing: rows are drawn again only when what they show has changed.
  const leaves = table.getVisibleLeafColumns();
  const visible = useMemo(() => {
    const ids = new Set(leaves.map((column) => column.id));
    return columns.filter((column) => ids.has(column.id));
  }, [columns, leaves]);

  return useMemo(() => {
    const width = (column: GridColumn<Row>) => sizing[column.id] ?? column.width;
    return {
      all: columns,
      visible,
      tracks: visible.map((column) => track(width(column), Object.hasOwn(sizing, column.id))).join(" "),
      widthPx: visible.reduce((sum, column) => sum + width(column), 0),
      isVisible: (id) => visible.some((column) => column.id === id),
      show: (id, shown) => {
        const next = { ...visibility, [id]: shown };
        setVisibility(next);
        writeColumns(grid, { widths: sizing, shown: next });
      },
      resize: (id, widthPx) => {
        const next = Math.round(Math.min(WIDTH_MAX_PX, Math.max(WIDTH_MIN_PX, widthPx)));
        setSizing((old) => ({ ...old, [id]: next }));
      },
      keep: () => writeColumns(grid, { widths: sizing, shown: visibility }),
      reset: () => {
        setSizing({});
        setVisibility(startVisibility(columns));
        writeColumns(grid, { widths: {}, shown: {} });
      },
    };
  }, [grid, columns, visible, sizing, visibility]);
}

function startVisibility<Row>(columns: ReadonlyArray<GridColumn<Row>>): Record<string, boolean> {
  return Object.fromEntries(columns.filter((column) => column.hidden === true).map((column) => [column.id, false]));
}

/** A column that nobody has resized takes its share of spare room; once every one has been, the room stays at the end. */
function track(widthPx: number, chosen: boolean): string {
  return chosen ? `${widthPx}px` : `minmax(${widthPx}px, ${widthPx}fr)`;
}
