import { useRef, useState } from "react";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Secret } from "../../ui/Secret";

type PasswordDialogProps = {
  readonly target: { readonly id: number; readonly name: string };
  readonly onClose: () => void;
};

/**
 * Root's password, opened when it is asked for and gone from this window when the dialog closes. The program wants the
 * person's own password first, and the log says that it was shown.
 */
export function PasswordDialog({ target, onClose }: PasswordDialogProps) {
  const ask = useWrite("servers.root_password");
  const [shown, setShown] = useState<string | null>(null);
  const first = useRef<HTMLButtonElement>(null);
  // The answer is kept in this dialog only, and not in the cache of what was asked.
  const show = () =>
    ask.mutate(
      { id: target.id },
      {
        onSuccess: ({ password }) => {
          setShown(password);
          ask.reset();
        },
      },
    );

  if (shown !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title="Root password"
        initialFocus={first}
        dirty
        footer={
          <Button ref={first} variant="primary" onClick={onClose}>
            Hide password
          </Button>
        }
      >
        <p>
          Root’s password on <b className="medium selectable">{target.name}</b>. Give it over a safe way. It is hidden
          when you close this; each time that it is shown is in the log.
        </p>
        <Secret label="Root password" copyLabel="Copy password" value={shown} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Show root password of ${target.name}?`}
      width="small"
      initialFocus={first}
      description="You are asked for your own password first. The log will say that you have seen it."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button ref={first} variant="primary" pending={ask.isPending} onClick={show}>
            Show password
          </Button>
        </>
      }
    >
      {ask.error === null ? null : <ErrorBlock inline title="Nothing was shown" error={ask.error.error} />}
    </Dialog>
  );
}
