import { readStoredJson, writeStoredJson } from "../lib/storage";

/**
 * What a grid remembers: widths and hidden columns on this computer, and for the running program where each list was left,
 * so that coming back from a page finds the same row at the same place.
 */
export type ColumnMemory = {
  readonly widths: Readonly<Record<string, number>>;
  readonly shown: Readonly<Record<string, boolean>>;
};
export type Place = { readonly activeId: number | null; readonly scrollTop: number };

const EMPTY: ColumnMemory = { widths: {}, shown: {} };
const PLACES_MAX = 50;
const places = new Map<string, Place>();

export function readColumns(grid: string): ColumnMemory {
  const stored = readStoredJson(storageKey(grid));
  return isRecord(stored) ? { widths: only(stored.widths, isWidth), shown: only(stored.shown, isBoolean) } : EMPTY;
}

export function writeColumns(grid: string, memory: ColumnMemory): void {
  writeStoredJson(storageKey(grid), memory);
}

export function recallPlace(grid: string, list: string): Place | null {
  return places.get(placeKey(grid, list)) ?? null;
}

export function rememberPlace(grid: string, list: string, place: Place): void {
  const key = placeKey(grid, list);
  places.delete(key);
  places.set(key, place);
  if (places.size > PLACES_MAX) {
    const oldest = places.keys().next();
    if (oldest.done !== true) places.delete(oldest.value);
  }
}

function storageKey(grid: string): string {
  return `grid.${grid}.columns`;
}

function placeKey(grid: string, list: string): string {
  return `${grid} ${list}`;
}

function only<T>(value: unknown, is: (item: unknown) => item is T): Record<string, T> {
  if (!isRecord(value)) return {};
  const kept: Record<string, T> = {};
  for (const [name, item] of Object.entries(value)) if (is(item)) kept[name] = item;
  return kept;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWidth(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 40 && value <= 2000;
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
