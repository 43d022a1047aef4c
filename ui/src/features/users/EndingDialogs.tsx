import { useRef } from "react";
import type { UserRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { showToast } from "../../ui/Toast";
import { personName } from "./columns";

type Props = { readonly user: UserRow; readonly onClose: () => void };

/** Takes a second factor away, whose phone is lost. Mounted while it is open. */
export function ResetSecondFactorDialog({ user, onClose }: Props) {
  const reset = useWrite("users.reset_second_factor");
  const cancel = useRef<HTMLButtonElement>(null);
  const name = personName(user);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Reset second factor?"
      width="small"
      initialFocus={cancel}
      description="For a phone that is lost along with its recovery codes. The password alone lets the person in then, until a new one is set up; their sessions end at once. Make sure that it is they who ask."
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="danger"
            pending={reset.isPending}
            onClick={() =>
              reset.mutate(
                { id: user.id },
                {
                  onSuccess: () => {
                    showToast({ title: `${name} has no second factor any more` });
                    onClose();
                  },
                },
              )
            }
          >
            Reset second factor
          </Button>
        </>
      }
    >
      <p className="medium selectable">{user.email}</p>
      {reset.error === null ? null : <ErrorBlock inline title="The second factor stays" error={reset.error.error} />}
    </Dialog>
  );
}

/** Ends a person's sessions wherever they are. Mounted while it is open. */
export function EndSessionsDialog({ user, onClose }: Props) {
  const end = useWrite("sessions.revoke_person");
  const cancel = useRef<HTMLButtonElement>(null);
  const name = personName(user);
  return (
    <Dialog
      open
      onClose={onClose}
      title="End sessions?"
      width="small"
      initialFocus={cancel}
      description="Wherever this person is signed in, the next thing they do is refused; what they have not saved is lost. They can sign in again."
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="danger"
            pending={end.isPending}
            onClick={() =>
              end.mutate(
                { id: user.id },
                {
                  onSuccess: ({ ended }) => {
                    const many = ended === 1 ? "One session" : `${ended} sessions`;
                    showToast({
                      title: ended === 0 ? `${name} is not signed in elsewhere` : `${many} of ${name} ended`,
                    });
                    onClose();
                  },
                },
              )
            }
          >
            End sessions
          </Button>
        </>
      }
    >
      <p className="medium selectable">{user.email}</p>
      {end.error === null ? null : <ErrorBlock inline title="No session was ended" error={end.error.error} />}
    </Dialog>
  );
}
