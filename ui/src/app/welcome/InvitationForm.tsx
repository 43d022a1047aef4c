import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Field } from "../../ui/Field";
import { TextField } from "../../ui/TextField";
import { toBase64 } from "./base64";

/** An invitation has a few kilobytes; what is larger is something else. */
const BYTES_MAX = 64 * 1024;

type Form = { content: File | null; passphrase: string };

/** Sets this computer up with a file that an admin has given. */
export function InvitationForm({ onDone }: { onDone?: () => void }) {
  const open = useWrite("app.open_invitation");
  const [failure, setFailure] = useState<ApiError | null>(null);
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { content: null, passphrase: "" } });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ content, passphrase }) => {
    if (content === null) return;
    setFailure(null);
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await content.arrayBuffer());
    } catch {
      form.setError("content", { message: "The file could not be read. Choose it again." });
      return;
    }
    open.mutate(
      { content: toBase64(bytes), passphrase },
      {
        onSuccess: () => onDone?.(),
        onError: ({ error }) => setFailure(landOnField(error, ["content", "passphrase"], form.setError)),
      },
    );
  });

  return (
    <form className="welcome-form" onSubmit={(event) => void submit(event)} noValidate>
      <div>
        <h1 className="welcome-title">Open an invitation</h1>
        <p className="welcome-lead">
          A file that an admin has made for this computer, and its passphrase. It works once, within seven days.
        </p>
      </div>
      <Controller
        control={form.control}
        name="content"
        rules={{
          validate: (file) =>
            file === null
              ? "Choose the file."
              : file.size <= BYTES_MAX || "This file is too large to be an invitation. Choose another.",
        }}
        render={({ field }) => (
          <Field label="Invitation" help={undefined} error={errors.content?.message} className={undefined}>
            {(ids) => (
              <input
                id={ids.id}
                type="file"
                accept=".age,application/octet-stream"
                className="file-input"
                aria-describedby={ids.describedBy}
                aria-invalid={ids.invalid || undefined}
                onBlur={field.onBlur}
                onChange={(event) => field.onChange(event.target.files?.[0] ?? null)}
              />
            )}
          </Field>
        )}
      />
      <TextField
        label="Passphrase"
        placeholder="abcd-efgh-ijkm-npqr-stuv"
        autoCapitalize="none"
        {...form.register("passphrase", { required: "Enter the passphrase." })}
        error={errors.passphrase?.message}
        help="Five groups of four letters. Capitals, spaces and hyphens don’t matter."
      />
      {failure !== null && <ErrorBlock inline title="The invitation was not opened" error={failure} />}
      <Button type="submit" variant="primary" className="btn-wide" pending={open.isPending}>
        {open.isPending ? "Opening\u2026" : "Open invitation"}
      </Button>
    </form>
  );
}
