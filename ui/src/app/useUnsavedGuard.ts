import { useBlocker } from "@tanstack/react-router";
import { useEffect } from "react";
import { guardClose } from "../ipc/desktop";
import { askBeforeClosing, holdsClosing } from "../lib/closing";
import { askUnsaved, hasUnsaved } from "../lib/unsaved";

/** Going elsewhere, or closing the window, waits for a form in which something was typed; closing, for tasks too. */
export function useUnsavedGuard(): void {
  useBlocker({ shouldBlockFn: askUnsaved, enableBeforeUnload: () => hasUnsaved() || holdsClosing() });
  useEffect(() => guardClose(() => !askUnsaved() && !askBeforeClosing()), []);
}
