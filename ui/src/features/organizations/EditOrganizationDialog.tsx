import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, OrganizationRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { ADDRESS_CHARS_MAX, NAME_CHARS_MAX, nameProblem } from "./name";

type Form = { name: string; billing_name: string; billing_address: string };

type EditOrganizationDialogProps = {
  readonly organization: Pick<OrganizationRow, "id" | "name" | "billing_name" | "billing_address" | "updated_at">;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Mounted while it is open. What it changes is the version that was shown when it opened. */
export function EditOrganizationDialog({ organization, disabledReason, onClose }: EditOrganizationDialogProps) {
  const [before] = useState(organization);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const rename = useWrite("organizations.rename");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: {
      name: before.name,
      billing_name: before.billing_name ?? "",
      billing_address: before.billing_address ?? "",
    },
  });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    const name = values.name.trim();
    if (!isDirty) {
      onClose();
      return;
    }
    setFailure(null);
    rename.mutate(
      {
        id: before.id,
        name,
        billing_name: values.billing_name.trim(),
        billing_address: values.billing_address.trim(),
        expected_updated_at: before.updated_at,
      },
      {
        onSuccess: () => {
          showToast({ title: name === before.name ? `${name} saved` : `Renamed to ${name}` });
          onClose();
        },
        onError: ({ error }) =>
          setFailure(landOnField(error, ["name", "billing_name", "billing_address"], form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Edit organization"
      description="Customers see a new name at once. Invoices that were issued keep what they say."
      submitLabel="Save"
      onSubmit={(event) => void submit(event)}
      pending={rename.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The organization was not saved", error: failure }}
    >
      <TextField
        label="Name"
        maxLength={NAME_CHARS_MAX}
        onFocus={(event) => event.currentTarget.select()}
        error={errors.name?.message}
        {...form.register("name", { validate: (name) => nameProblem(name) ?? true })}
      />
      <TextField
        label="Name on invoices"
        optional
        help="Where it is another, such as the company’s full name."
        maxLength={NAME_CHARS_MAX}
        error={errors.billing_name?.message}
        {...form.register("billing_name")}
      />
      <TextArea
        label="Address on invoices"
        optional
        maxLength={ADDRESS_CHARS_MAX}
        error={errors.billing_address?.message}
        {...form.register("billing_address")}
      />
    </FormDialog>
  );
}
