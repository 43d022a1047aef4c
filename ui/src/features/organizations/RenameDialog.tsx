import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, OrganizationRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { NAME_CHARS_MAX, nameProblem } from "./name";

type Form = { name: string };

type RenameDialogProps = {
  readonly organization: Pick<OrganizationRow, "id" | "name" | "updated_at">;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Mounted while it is open. What it changes is the version that was shown when it opened. */
export function RenameDialog({ organization, disabledReason, onClose }: RenameDialogProps) {
  const [before] = useState(organization);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const rename = useWrite("organizations.rename");
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { name: before.name } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    const name = values.name.trim();
    if (name === before.name) {
      onClose();
      return;
    }
    setFailure(null);
    rename.mutate(
      { id: before.id, name, expected_updated_at: before.updated_at },
      {
        onSuccess: () => {
          showToast({ title: `Renamed to ${name}` });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["name"], form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Rename organization"
      description="Customers see the new name at once. Documents that are finished keep the old one."
      submitLabel="Rename organization"
      onSubmit={(event) => void submit(event)}
      pending={rename.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The organization was not renamed", error: failure }}
      width="small"
    >
      <TextField
        label="Name"
        help={isDirty ? `Now: ${before.name}` : undefined}
        maxLength={NAME_CHARS_MAX}
        onFocus={(event) => event.currentTarget.select()}
        error={errors.name?.message}
        {...form.register("name", { validate: (name) => nameProblem(name) ?? true })}
      />
    </FormDialog>
  );
}
