import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { PASSWORD_CHARS_MAX, passwordProblem } from "../../lib/password";
import { FormDialog } from "../../ui/FormDialog";
import { PasswordField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

type Form = { old_password: string; password: string };

/** Mounted while it is open. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { session } = useSession();
  const [failure, setFailure] = useState<ApiError | null>(null);
  const change = useWrite("account.change_password");
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { old_password: "", password: "" } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    change.mutate(values, {
      onSuccess: () => {
        showToast({ title: "Your password is changed" });
        onClose();
      },
      onError: ({ error }) => setFailure(landOnField(error, ["old_password", "password"], form.setError)),
    });
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Change password"
      description="Your sessions at other desks end. Here you stay signed in."
      width="small"
      submitLabel="Change password"
      onSubmit={(event) => void submit(event)}
      pending={change.isPending}
      dirty={isDirty}
      failure={failure === null ? null : { title: "The password was not changed", error: failure }}
    >
      <PasswordField
        label="Current password"
        autoComplete="current-password"
        error={errors.old_password?.message}
        {...form.register("old_password", { required: "Give the password that you have now." })}
      />
      <PasswordField
        label="New password"
        autoComplete="new-password"
        help="At least 12 characters. Several words are easier to keep in mind than signs."
        maxLength={PASSWORD_CHARS_MAX}
        error={errors.password?.message}
        {...form.register("password", { validate: (password) => passwordProblem(password, session.email) ?? true })}
      />
    </FormDialog>
  );
}
