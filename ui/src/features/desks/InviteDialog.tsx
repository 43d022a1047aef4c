import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import type { ApiError, DeskRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog } from "../../ui/Dialog";
import { FormDialog } from "../../ui/FormDialog";
import { Switch } from "../../ui/Switch";
import { Time } from "../../ui/Text";
import { PasswordField, TextField } from "../../ui/TextField";
import { quoted } from "./deskState";

const LABEL_MAX = 60;
const FIELDS = ["label", "administrator", "password"] as const;

type Form = { label: string; administrator: string; password: string; with_workspace_key: boolean };

type InviteDialogProps = {
  /** The desk that gets another computer; a new one otherwise. */
  readonly replaces: DeskRow | null;
  readonly command: string;
  readonly holdsKey: boolean;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Writes an invitation with the help of the server's administrator, whose password is used once. */
export function InviteDialog({ replaces, command, holdsKey, disabledReason, onClose }: InviteDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const invite = useWrite("desks.invite");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { label: replaces?.label ?? "", administrator: "postgres", password: "", with_workspace_key: false },
  });
  const { errors, isDirty } = form.formState;
  const label = useWatch({ control: form.control, name: "label" });
  const done = invite.data ?? null;
  const typed =
    replaces === null
      ? `${command} --label ${quoted(label.trim() === "" ? "NAME" : label.trim())}`
      : command.replace("desk add", `desk replace ${replaces.login}`);

  if (done !== null) {
    return (
      <Dialog
        open
        dirty
        onClose={onClose}
        title="The invitation is written"
        description="The passphrase is shown only here. Send it by another way than the file."
        footer={
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <dl className="invitation">
          <dt>Passphrase</dt>
          <dd className="desk-command">
            <code className="mono grow invitation-words">{done.passphrase}</code>
            <CopyButton iconOnly text={done.passphrase} label="Copy passphrase" />
          </dd>
          <dt>File</dt>
          <dd className="desk-command">
            <code className="mono grow">{done.path}</code>
            <CopyButton iconOnly text={done.path} label="Copy path" />
          </dd>
          <dt>Login</dt>
          <dd className="mono">{done.login}</dd>
          <dt>Works until</dt>
          <dd>
            <Time at={done.until} style="detail" />, or until it is opened once
          </dd>
        </dl>
      </Dialog>
    );
  }

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    invite.mutate(
      { ...values, label: values.label.trim(), replaces: replaces?.login ?? null },
      { onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)) },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title={replaces === null ? "Invite a desk" : `Replace ${replaces.label}`}
      description={
        replaces === null
          ? "A small encrypted file that sets another computer up: where the database is, and a login of its own."
          : "Its login gets a new password in a new invitation, for another computer. Where it was used until now, it is cut off."
      }
      submitLabel={replaces === null ? "Write invitation" : "Replace desk"}
      onSubmit={(event) => void submit(event)}
      pending={invite.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "No invitation was written", error: failure }}
    >
      <TextField
        label="Name"
        placeholder="Front office, laptop of Ana"
        maxLength={LABEL_MAX}
        readOnly={replaces !== null}
        error={errors.label?.message}
        {...form.register("label", { validate: (text) => text.trim() !== "" || "Give the desk a name." })}
      />
      <div className="form-row">
        <TextField
          label="Server administrator’s login"
          error={errors.administrator?.message}
          {...form.register("administrator", { validate: (text) => text.trim() !== "" || "Enter the login." })}
        />
        <PasswordField
          label="Its password"
          error={errors.password?.message}
          {...form.register("password", { required: "Enter the password." })}
        />
      </div>
      <p className="field-help">
        Making logins needs the rights of whoever administers the PostgreSQL server: no desk has them. The password is
        used once and not kept.
      </p>
      {holdsKey && (
        <Controller
          control={form.control}
          name="with_workspace_key"
          render={({ field }) => (
            <Switch
              label="Hand the workspace key over"
              help="Only for desks that work with providers: it opens provider tokens and root passwords."
              checked={field.value}
              onChange={field.onChange}
            />
          )}
        />
      )}
      <div>
        <p className="field-help">Or have this typed at the server:</p>
        <p className="desk-command">
          <code className="mono grow">{typed}</code>
          <CopyButton iconOnly text={typed} label="Copy command" />
        </p>
      </div>
    </FormDialog>
  );
}
