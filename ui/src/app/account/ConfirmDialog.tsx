import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { type Confirmation, useConfirmation } from "../../ipc/confirmation";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { PasswordField } from "../../ui/TextField";

/** Asks for the password when something dangerous waits for it. Mounted once, in the shell. */
export function ConfirmDialog() {
  const waiting = useConfirmation();
  return waiting === null ? null : <Asking waiting={waiting} />;
}

function Asking({ waiting }: { waiting: Confirmation }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const confirm = useWrite("account.confirm");
  const form = useForm<{ password: string }>({ defaultValues: { password: "" } });

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    confirm.mutate(values, {
      onSuccess: () => waiting.settle(true),
      onError: ({ error }) => setFailure(landOnField(error, ["password"], form.setError)),
    });
  });

  return (
    <FormDialog
      open
      onClose={() => waiting.settle(false)}
      title="Enter your password to go on"
      description="What you are about to do can lock people out or let them in. For five minutes you are not asked again."
      width="small"
      submitLabel="Go on"
      onSubmit={(event) => void submit(event)}
      pending={confirm.isPending}
      dirty={false}
      failure={failure === null ? null : { title: "Not confirmed", error: failure }}
    >
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        error={form.formState.errors.password?.message}
        {...form.register("password", { required: "Give your password." })}
      />
    </FormDialog>
  );
}
