import { useRef } from "react";
import type { UserRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { formatClock } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Secret } from "../../ui/Secret";

type ResetPasswordDialogProps = { readonly user: UserRow; readonly onClose: () => void };

/** Makes a code with which the person chooses a new password, and shows it once. Mounted while it is open. */
export function ResetPasswordDialog({ user, onClose }: ResetPasswordDialogProps) {
  const reset = useWrite("users.reset_password");
  const first = useRef<HTMLButtonElement>(null);
  const made = reset.data;

  if (made !== undefined) {
    return (
      <Dialog
        open
        onClose={onClose}
        title="Reset code"
        initialFocus={first}
        dirty
        footer={
          <Button ref={first} variant="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <p>
          Give <b className="medium selectable">{user.email}</b> this code over a safe way. At the sign-in screen it is
          entered under “I have a reset code”, once, until {formatClock(Date.parse(made.expires_at))} UTC. It is not
          shown again.
        </p>
        <Secret label="Reset code" copyLabel="Copy code" value={made.code} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Reset password"
      width="small"
      initialFocus={first}
      description="A code is made with which the person chooses a new password. The old one works until then; earlier codes are void. A second factor stays."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button ref={first} variant="primary" pending={reset.isPending} onClick={() => reset.mutate({ id: user.id })}>
            Make a code
          </Button>
        </>
      }
    >
      <p className="medium selectable">{user.email}</p>
      {reset.error === null ? null : <ErrorBlock inline title="No code was made" error={reset.error.error} />}
    </Dialog>
  );
}
