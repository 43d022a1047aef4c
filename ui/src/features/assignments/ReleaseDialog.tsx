import { useState } from "react";
import type { ApiError } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import type { AssignmentIntent, AssignmentTarget } from "../../lib/assignments";
import { plural } from "../../lib/format";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Exact } from "../../ui/Text";
import { showToast } from "../../ui/Toast";

type ReleaseDialogProps = {
  readonly kind: AssignmentIntent["kind"];
  readonly target: AssignmentTarget;
  readonly onClose: () => void;
};

/** Takes an assignment back while nothing of it has been charged; afterwards it can only be ended. */
export function ReleaseDialog({ kind, target, onClose }: ReleaseDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const request = { kind, id: target.id };
  const read = useRead("assignments.release", request);
  const undo = useWrite("assignments.undo");
  const end = useWrite("assignments.end");
  const reason = useWriteReason(kind === "vps" ? "servers" : "containers");
  const release = read.data;
  const undoable = release !== undefined && release.not_undoable === null;
  const write = undoable ? undo : end;

  const submit = () => {
    setFailure(null);
    write.mutate(request, {
      onSuccess: () => {
        showToast({
          title: undoable ? "Assignment undone" : "Assignment ended",
          description: `${target.label} is assigned to nobody.`,
        });
        onClose();
      },
      onError: ({ error }) => setFailure(error),
    });
  };

  return (
    <ConfirmDialog
      title={`Undo the assignment of ${target.label}`}
      action={undoable || release === undefined ? "Undo assignment" : "End assignment"}
      pending={write.isPending}
      disabledReason={reason ?? (release === undefined ? "Not read yet." : null)}
      onConfirm={submit}
      onClose={onClose}
      failure={failure && { title: "Nothing was changed", error: failure }}
    >
      {read.error === null ? null : (
        <ErrorBlock inline title="The assignment could not be read" error={read.error.error} />
      )}
      {release === undefined ? (
        read.error === null ? (
          <Skeleton lines={3} />
        ) : null
      ) : undoable ? (
        <p>
          Nothing of it has been charged. It is taken back from <b className="medium">{release.organization}</b> as if
          it had not been: <Exact amount={release.amount} currency="USD" /> for {plural(release.hours, "hour")} will not
          be charged.
        </p>
      ) : (
        <>
          <p>{release.not_undoable}</p>
          <p>
            Ended now, it is nobody’s from here on. <b className="medium">{release.organization}</b> still pays{" "}
            <Exact amount={release.amount} currency="USD" /> for {plural(release.hours, "hour")} not yet charged, and
            the hour that has begun.
          </p>
        </>
      )}
    </ConfirmDialog>
  );
}
