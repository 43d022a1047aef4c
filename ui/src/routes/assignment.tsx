import { lazy, Suspense } from "react";
import type { AssignmentDialogProps } from "../lib/assignments";

const AssignmentDialog = lazy(async () => ({
  default: (await import("../features/assignments/AssignmentDialog")).AssignmentDialog,
}));

/** The dialog that pages of servers and containers bring up; it belongs to neither. */
export function renderAssignment(dialog: AssignmentDialogProps) {
  return (
    <Suspense>
      <AssignmentDialog {...dialog} />
    </Suspense>
  );
}
