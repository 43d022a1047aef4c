import { useState } from "react";
import { useForm } from "react-hook-form";
import type { AccountRow, ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { PasswordField, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

const LABEL_CHARS_MAX = 100;

function labelProblem(label: string): string | true {
  return label.trim() !== "" || "Enter a name.";
}

function tokenProblem(token: string): string | true {
  return token.trim() !== "" || "Enter the token.";
}

type AddForm = { label: string; token: string; endpoint: string };

type DialogProps = { readonly disabledReason: string | null; readonly onClose: () => void };

/** Adds an account. The token is checked at the provider before anything is saved. */
export function AddAccountDialog({ disabledReason, onClose }: DialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("providers.create");
  const form = useForm<AddForm>({ mode: "onTouched", defaultValues: { label: "", token: "", endpoint: "" } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((values) => {
    setFailure(null);
    create.mutate(
      { label: values.label.trim(), token: values.token.trim(), endpoint: values.endpoint.trim() },
      {
        onSuccess: ({ username }) => {
          showToast({
            title: `Added ${values.label.trim()}`,
            description: `Its token is ${username}’s at Linode. Sync now to read its servers.`,
          });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["label", "token", "endpoint"], form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Add account"
      description="An account at Linode. Its token is checked there first, then sealed with the workspace key; nobody can read it back."
      submitLabel="Add account"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The account was not added", error: failure }}
    >
      <TextField
        label="Name"
        help="For people here: Linode never sees it."
        placeholder="Linode EU"
        maxLength={LABEL_CHARS_MAX}
        error={errors.label?.message}
        {...form.register("label", { validate: labelProblem })}
      />
      <PasswordField
        label="Personal access token"
        help="Needs the scopes linodes:read_only and account:read_only, or more."
        error={errors.token?.message}
        {...form.register("token", { validate: tokenProblem })}
      />
      <TextField
        label="API address"
        optional
        help="Leave it empty for Linode’s own."
        placeholder="https://api.linode.com/v4"
        error={errors.endpoint?.message}
        {...form.register("endpoint")}
      />
    </FormDialog>
  );
}

type OfAccount = DialogProps & { readonly account: Pick<AccountRow, "id" | "label"> };

export function ReplaceTokenDialog({ account, disabledReason, onClose }: OfAccount) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const replace = useWrite("providers.replace_token");
  const form = useForm<{ token: string }>({ mode: "onTouched", defaultValues: { token: "" } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((values) => {
    setFailure(null);
    replace.mutate(
      { id: account.id, token: values.token.trim() },
      {
        onSuccess: ({ username }) => {
          showToast({ title: `Replaced the token of ${account.label}`, description: `It is ${username}’s at Linode.` });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["token"], form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Replace token of ${account.label}`}
      description="The new token is checked at Linode first. The old one is forgotten here; revoke it at Linode."
      submitLabel="Replace token"
      onSubmit={(event) => void submit(event)}
      pending={replace.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The token was not replaced", error: failure }}
      width="small"
    >
      <PasswordField
        label="Personal access token"
        help="Needs the scopes linodes:read_only and account:read_only, or more."
        error={errors.token?.message}
        {...form.register("token", { validate: tokenProblem })}
      />
    </FormDialog>
  );
}

export function RenameAccountDialog({ account, disabledReason, onClose }: OfAccount) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const rename = useWrite("providers.rename");
  const form = useForm<{ label: string }>({ mode: "onTouched", defaultValues: { label: account.label } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((values) => {
    const label = values.label.trim();
    if (label === account.label) {
      onClose();
      return;
    }
    setFailure(null);
    rename.mutate(
      { id: account.id, label },
      {
        onSuccess: () => {
          showToast({ title: `Renamed to ${label}` });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["label"], form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Rename account"
      submitLabel="Rename account"
      onSubmit={(event) => void submit(event)}
      pending={rename.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The account was not renamed", error: failure }}
      width="small"
    >
      <TextField
        label="Name"
        maxLength={LABEL_CHARS_MAX}
        onFocus={(event) => event.currentTarget.select()}
        error={errors.label?.message}
        {...form.register("label", { validate: labelProblem })}
      />
    </FormDialog>
  );
}
