import type { UserRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { showToast } from "../../ui/Toast";
import { personName } from "./columns";

type Props = { readonly user: UserRow; readonly onClose: () => void };

/** Takes a second factor away, whose phone is lost. Mounted while it is open. */
export function ResetSecondFactorDialog({ user, onClose }: Props) {
  const reset = useWrite("users.reset_second_factor");
  const onSuccess = () => {
    showToast({ title: `${personName(user)} has no second factor any more` });
    onClose();
  };
  return (
    <ConfirmDialog
      title="Reset second factor?"
      description="For a phone that is lost along with its recovery codes. The password alone lets the person in then, until a new one is set up; their sessions end at once. Make sure that it is they who ask."
      action="Reset second factor"
      pending={reset.isPending}
      onConfirm={() => reset.mutate({ id: user.id }, { onSuccess })}
      onClose={onClose}
      failure={reset.error && { title: "The second factor stays", error: reset.error.error }}
    >
      <p className="medium selectable">{user.email}</p>
    </ConfirmDialog>
  );
}

/** Ends a person's sessions wherever they are. Mounted while it is open. */
export function EndSessionsDialog({ user, onClose }: Props) {
  const end = useWrite("sessions.revoke_person");
  const name = personName(user);
  const onSuccess = ({ ended }: { ended: number }) => {
    const many = ended === 1 ? "One session" : `${ended} sessions`;
    showToast({ title: ended === 0 ? `${name} is not signed in elsewhere` : `${many} of ${name} ended` });
    onClose();
  };
  return (
    <ConfirmDialog
      title="End sessions?"
      description="Wherever this person is signed in, the next thing they do is refused; what they have not saved is lost. They can sign in again."
      action="End sessions"
      pending={end.isPending}
      onConfirm={() => end.mutate({ id: user.id }, { onSuccess })}
      onClose={onClose}
      failure={end.error && { title: "No session was ended", error: end.error.error }}
    >
      <p className="medium selectable">{user.email}</p>
    </ConfirmDialog>
  );
}
