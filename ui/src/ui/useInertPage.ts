import { useLayoutEffect, useRef } from "react";

/** How many dialogs keep the page out of reach. */
let holders = 0;

function count(by: 1 | -1): void {
  holders += by;
  document.getElementById("root")?.toggleAttribute("inert", holders > 0);
}

/**
 * While a modal dialog is open nothing behind it can be reached: its own trap moves the focus a frame later, and a held Tab
 * is faster. Returns what to call when the focus has come into the dialog: not before, since where it came from is where it
 * goes back to.
 */
export function useInertPage(open: boolean): () => void {
  const holds = useRef(false);
  useLayoutEffect(() => {
    if (!open) return undefined;
    return () => {
      if (holds.current) count(-1);
      holds.current = false;
    };
  }, [open]);
  return () => {
    if (holds.current || !open) return;
    holds.current = true;
    count(1);
  };
}
