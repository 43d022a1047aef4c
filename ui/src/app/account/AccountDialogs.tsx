import { shellState, useShellState } from "../shellState";
import { ChangePasswordDialog } from "./ChangePasswordDialog";
import { ConfirmDialog } from "./ConfirmDialog";
import { SecondFactorDialog } from "./SecondFactorDialog";

/** The dialogs of the person's own account, which menus, the palette and the settings open. */
export function AccountDialogs() {
  const { account } = useShellState();
  const close = () => shellState.set({ account: null });
  return (
    <>
      {account === "password" && <ChangePasswordDialog onClose={close} />}
      {account === "second_factor" && <SecondFactorDialog onClose={close} />}
      <ConfirmDialog />
    </>
  );
}
