import { useRef } from "react";
import type { UserRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { showToast } from "../../ui/Toast";
import { personName } from "./columns";

type DisableDialogProps = {
  readonly user: UserRow;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Mounted while it is open. Shuts a person out, or lets them in again. */
export function DisableDialog({ user, disabledReason, onClose }: DisableDialogProps) {
  const write = useWrite("users.set_disabled");
  const cancel = useRef<HTMLButtonElement>(null);
  const name = personName(user);
  const verb = user.is_disabled ? "Enable" : "Disable";
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${verb} ${name}?`}
      width="small"
      initialFocus={cancel}
      description={user.is_disabled ? ENABLE : user.role === "user" ? DISABLE_CUSTOMER : DISABLE_STAFF}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant={user.is_disabled ? "primary" : "danger"}
            pending={write.isPending}
            disabledReason={disabledReason}
            onClick={() =>
              write.mutate(
                { id: user.id, disabled: !user.is_disabled },
                {
                  onSuccess: () => {
                    showToast({ title: user.is_disabled ? `${name} can sign in again` : `${name} is shut out` });
                    onClose();
                  },
                },
              )
            }
          >
            {verb} {name}
          </Button>
        </>
      }
    >
      {write.error !== null && (
        <ErrorBlock inline title={`${name} was not ${verb.toLowerCase()}d`} error={write.error.error} />
      )}
    </Dialog>
  );
}

const ENABLE = "They can sign in again with the password that they had. What they did before stays in the log.";
const DISABLE_STAFF =
  "Their sessions end at once on every desk, and what they have not saved is lost. Tickets stay assigned to them: hand those over. Nothing is deleted, and they can be enabled again.";
const DISABLE_CUSTOMER =
  "They can’t sign in to the customers’ panel any more. Their organization, its servers and its billing go on. Nothing is deleted, and they can be enabled again.";
