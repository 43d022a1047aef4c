import type { ReactNode } from "react";
import type { FilterOp } from "../bindings/contract";

/** How a column's values are filtered. What a filter may ask follows from the kind. */
export type ColumnFilter =
  | { readonly kind: "text" }
  | { readonly kind: "number" }
  | { readonly kind: "money" }
  | { readonly kind: "time" }
  | { readonly kind: "enum"; readonly options: ReadonlyArray<FilterOption> };

export type FilterKind = ColumnFilter["kind"];
export type FilterOption = { readonly value: string; readonly label: string };

/**
 * One column of a grid. Lists of columns are constants of their modules: a grid compares them by identity.
 */
export type GridColumn<Row> = {
  /** The column's name in the contract: what is sorted, filtered and exported by. */
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** The width that the column asks for, in CSS pixels; spare room is shared in proportion. */
  readonly width: number;
  /** Numbers and amounts stand on the right, head and all. */
  readonly align?: "right";
  readonly sortable?: boolean;
  readonly filter?: ColumnFilter;
  /** Left out until a person asks for it. */
  readonly hidden?: boolean;
};

export const WIDTH_MIN_PX = 64;
export const WIDTH_MAX_PX = 640;

/** What may be asked of each kind, the usual question first. */
export const FILTER_OPS: Readonly<Record<FilterKind, ReadonlyArray<FilterOp>>> = {
  text: ["contains", "is", "is_not"],
  number: ["at_least", "at_most", "is"],
  money: ["at_least", "at_most", "is"],
  time: ["at_least", "at_most"],
  enum: ["is", "is_not"],
};

const OP_WORDS: Readonly<Record<FilterOp, string>> = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  at_least: "at least",
  at_most: "at most",
};

const TIME_WORDS: Readonly<Partial<Record<FilterOp, string>>> = { at_least: "from", at_most: "until" };

/** The words between column and value: "Balance at least $10.00", "Created from 1 Nov 2026". */
export function opWords(kind: FilterKind, op: FilterOp): string {
  return (kind === "time" ? TIME_WORDS[op] : undefined) ?? OP_WORDS[op];
}
