import { KeyRound } from "lucide-react";
import type { DeskRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog } from "../../ui/Dialog";

type RevokeDialogProps = {
  readonly desk: DeskRow;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Cuts a desk off, and says what is left to do. */
export function RevokeDialog({ desk, disabledReason, onClose }: RevokeDialogProps) {
  const revoke = useWrite("desks.revoke");
  const done = revoke.data ?? null;
  const command = `csctl desk revoke ${desk.login}`;

  if (done !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={`${desk.label} is cut off`}
        footer={
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <p>Its session is over, and the database gives its login nothing any more.</p>
        {done.held_workspace_key && <KeyNotice />}
        <p className="muted">
          The server still lets the login connect, to no use. Whoever administers the server closes it, and ends the
          connections that it has:
        </p>
        <p className="desk-command">
          <code className="mono grow">{command}</code>
          <CopyButton iconOnly text={command} label="Copy command" />
        </p>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Revoke ${desk.label}?`}
      description={`Login ${desk.login}. Whoever is signed in there is signed out at once, and what they have not saved is lost. Nobody can sign in there again until the desk is replaced.`}
      action="Revoke desk"
      pending={revoke.isPending}
      disabledReason={disabledReason}
      onConfirm={() => revoke.mutate({ login: desk.login })}
      onClose={onClose}
      failure={revoke.error && { title: "The desk was not revoked", error: revoke.error.error }}
    >
      {desk.holds_workspace_key && <KeyNotice />}
    </ConfirmDialog>
  );
}

function KeyNotice() {
  return (
    <p className="notice notice-warning">
      <KeyRound aria-hidden />
      <span>
        It held the workspace key. If the computer is lost, whoever has it can read provider tokens and root passwords
        in any copy of the database. Rotate the key on the page Providers and name this desk as lost: that page then
        lists what has to be changed.
      </span>
    </p>
  );
}
