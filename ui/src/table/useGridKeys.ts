import { useEffect, useEffectEvent } from "react";
import { type GridCommand, gridCommand } from "./gridKeys";

/** What has keys of its own: fields, and all that floats above the page. */
const ELSEWHERE =
  'input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [role="combobox"]';
/** Keys that mean something to whatever has the focus, so that only the grid itself may take them for its rows. */
const OF_THE_FOCUSED: ReadonlySet<GridCommand["kind"]> = new Set([
  "open",
  "glance",
  "menu",
  "page",
  "first",
  "last",
  "selectMove",
]);

type Options = {
  readonly scroller: HTMLElement | null;
  readonly singleLetters: boolean;
  /** Answers whether it did something; the browser then keeps its hands off the key. */
  readonly run: (command: GridCommand) => boolean;
};

/** Keys work from anywhere on the page where they mean nothing else. */
export function useGridKeys({ scroller, singleLetters, run }: Options): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : null;
    if (
      target?.closest(ELSEWHERE) != null ||
      document.querySelector('[role="dialog"][data-open], [role="alertdialog"]') !== null
    )
      return;
    const command = gridCommand(event, singleLetters);
    if (command === null) return;
    const inside = scroller?.contains(target) === true;
    const nowhere = target === null || target === document.body || target === document.documentElement;
    const letter = event.key.length === 1 && event.key !== " ";
    if (!inside && !nowhere && !(letter && !OF_THE_FOCUSED.has(command.kind)) && command.kind !== "clear") return;
    if (run(command)) event.preventDefault();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
