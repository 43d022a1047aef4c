/** What a key means to a grid whose rows have the focus. */
export type GridCommand =
  | { readonly kind: "move"; readonly by: number }
  | { readonly kind: "page"; readonly by: 1 | -1 }
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "open" }
  | { readonly kind: "glance" }
  | { readonly kind: "select" }
  | { readonly kind: "selectRange" }
  | { readonly kind: "selectMove"; readonly by: number }
  | { readonly kind: "selectAll" }
  | { readonly kind: "menu" }
  | { readonly kind: "search" }
  | { readonly kind: "clear" };

export type KeyPress = {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

const NAMED: Readonly<Record<string, GridCommand>> = {
  ArrowDown: { kind: "move", by: 1 },
  ArrowUp: { kind: "move", by: -1 },
  PageDown: { kind: "page", by: 1 },
  PageUp: { kind: "page", by: -1 },
  Home: { kind: "first" },
  End: { kind: "last" },
  Enter: { kind: "open" },
  " ": { kind: "glance" },
  Escape: { kind: "clear" },
  ContextMenu: { kind: "menu" },
};

const LETTERS: Readonly<Record<string, GridCommand>> = {
  j: { kind: "move", by: 1 },
  k: { kind: "move", by: -1 },
  x: { kind: "select" },
  "/": { kind: "search" },
};

/**
 * Single letters can be turned off, since they fire by accident under speech control (WCAG 2.1.4).
 * Null leaves the key to the browser.
 */
export function gridCommand(press: KeyPress, singleLetters: boolean): GridCommand | null {
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    return press.key.toLowerCase() === "a" && !press.shiftKey ? { kind: "selectAll" } : null;
  }
  if (press.shiftKey) return shifted(press.key, singleLetters);
  const named = Object.hasOwn(NAMED, press.key) ? NAMED[press.key] : undefined;
  if (named !== undefined) return named;
  return singleLetters && Object.hasOwn(LETTERS, press.key) ? (LETTERS[press.key] ?? null) : null;
}

function shifted(key: string, singleLetters: boolean): GridCommand | null {
  switch (key) {
    case "ArrowDown":
      return { kind: "selectMove", by: 1 };
    case "ArrowUp":
      return { kind: "selectMove", by: -1 };
    case "F10":
      return { kind: "menu" };
    case "X":
    case "x":
      return singleLetters ? { kind: "selectRange" } : null;
    // On some keyboards the slash is a shifted key.
    case "/":
      return singleLetters ? { kind: "search" } : null;
    default:
      return null;
  }
}
