import type { AssignmentDialogProps } from "../../lib/assignments";
import { AssignDialog } from "./AssignDialog";
import { ChangePlanDialog } from "./ChangePlanDialog";
import { ReleaseDialog } from "./ReleaseDialog";

/** The dialog for what a person wants to do about whose something is. Mounted while it is open. */
export function AssignmentDialog({ intent, onClose }: AssignmentDialogProps) {
  const only = intent.targets[0];
  if (only === undefined) return null;
  switch (intent.action) {
    case "assign":
      return <AssignDialog intent={intent} onClose={onClose} />;
    case "plan":
      return <ChangePlanDialog kind={intent.kind} target={only} onClose={onClose} />;
    case "release":
      return <ReleaseDialog kind={intent.kind} target={only} onClose={onClose} />;
  }
}
