import type { UserRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
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
  const name = personName(user);
  const verb = user.is_disabled ? "Enable" : "Disable";
  const onSuccess = () => {
    showToast({ title: user.is_disabled ? `${name} can sign in again` : `${name} is shut out` });
    onClose();
  };
  return (
    <ConfirmDialog
      title={`${verb} ${name}?`}
      description={user.is_disabled ? ENABLE : user.role === "user" ? DISABLE_CUSTOMER : DISABLE_STAFF}
      action={`${verb} ${name}`}
      variant={user.is_disabled ? "primary" : "danger"}
      pending={write.isPending}
      disabledReason={disabledReason}
      onConfirm={() => write.mutate({ id: user.id, disabled: !user.is_disabled }, { onSuccess })}
      onClose={onClose}
      failure={write.error && { title: `${name} was not ${verb.toLowerCase()}d`, error: write.error.error }}
    />
  );
}

const ENABLE = "They can sign in again with the password that they had. What they did before stays in the log.";
const DISABLE_STAFF =
  "Their sessions end at once on every desk, and what they have not saved is lost. Tickets stay assigned to them: hand those over. Nothing is deleted, and they can be enabled again.";
const DISABLE_CUSTOMER =
  "They can’t sign in to the customers’ panel any more. Their organization, its servers and its billing go on. Nothing is deleted, and they can be enabled again.";
