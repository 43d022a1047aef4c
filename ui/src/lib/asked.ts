import { useSyncExternalStore } from "react";
import type { RowKind } from "../bindings/contract";

/** A dialog that any page may ask for and none of them owns. */
export type Asked =
  | { readonly dialog: "who_sees"; readonly kind: RowKind; readonly id: number; readonly title: string }
  | {
      readonly dialog: "see_as";
      readonly organization: { readonly id: number; readonly name: string };
      readonly ticketNumber: string | null;
    };

let current: Asked | null = null;
const listeners = new Set<() => void>();

export const asked = {
  read: (): Asked | null => current,
  set(next: Asked | null): void {
    current = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useAsked(): Asked | null {
  return useSyncExternalStore(asked.subscribe, asked.read);
}
