import { useSyncExternalStore } from "react";

/** What of the shell is open. A store, since shortcuts, menus and the palette open the same things. */
export type ShellState = {
  paletteOpen: boolean;
  shortcutsOpen: boolean;
  menuOpen: boolean;
  drawerOpen: boolean;
  trayOpen: boolean;
  /** The dialog of the person's own account. */
  account: "password" | "second_factor" | null;
};

let current: ShellState = {
  paletteOpen: false,
  shortcutsOpen: false,
  menuOpen: false,
  drawerOpen: false,
  trayOpen: false,
  account: null,
};
const listeners = new Set<() => void>();

export const shellState = {
  read: (): ShellState => current,
  set(patch: Partial<ShellState>): void {
    current = { ...current, ...patch };
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useShellState(): ShellState {
  return useSyncExternalStore(shellState.subscribe, shellState.read);
}
