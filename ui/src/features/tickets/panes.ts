import { useState } from "react";
import { readStoredJson, writeStoredJson } from "../../lib/storage";

export const PANE_WIDTH = 336;
export const PANE_MIN = 240;
export const PANE_MAX = 520;

export type Panes = { list: number; context: number; contextShown: boolean };

const STORED = "tickets.panes";

function width(value: unknown): number {
  return typeof value === "number" && value >= PANE_MIN && value <= PANE_MAX ? value : PANE_WIDTH;
}

function readPanes(): Panes {
  const stored = readStoredJson(STORED);
  const found: Readonly<Record<string, unknown>> = typeof stored === "object" && stored !== null ? { ...stored } : {};
  return { list: width(found.list), context: width(found.context), contextShown: found.contextShown !== false };
}

/** The workspace's panes, remembered on this desk. */
export function usePanes(): [Panes, (patch: Partial<Panes>) => void] {
  const [panes, setPanes] = useState(readPanes);
  return [
    panes,
    (patch) => {
      const next = { ...panes, ...patch };
      setPanes(next);
      writeStoredJson(STORED, next);
    },
  ];
}
