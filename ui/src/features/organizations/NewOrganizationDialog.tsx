import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { NAME_CHARS_MAX, nameProblem } from "./name";

const CURRENCIES = ["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK"] as const;
type Currency = (typeof CURRENCIES)[number];

type Form = { name: string; currency: Currency };

type NewOrganizationDialogProps = { readonly onClose: () => void; readonly onCreated: (id: number) => void };

/** Mounted while it is open. */
export function NewOrganizationDialog({ onClose, onCreated }: NewOrganizationDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("organizations.create");
  const reason = useWriteReason("organizations");
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { name: "", currency: "USD" } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    const name = values.name.trim();
    create.mutate(
      { name, currency: values.currency },
      {
        onSuccess: ({ id }) => {
          showToast({ title: `${name} created`, description: `With an empty wallet in ${values.currency}.` });
          onCreated(id);
        },
        onError: ({ error }) => setFailure(landOnField(error, ["name", "currency"], form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="New organization"
      submitLabel="Create organization"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={reason}
      failure={failure === null ? null : { title: "The organization was not created", error: failure }}
    >
      <TextField
        label="Name"
        placeholder="Brightwater Labs GmbH"
        maxLength={NAME_CHARS_MAX}
        error={errors.name?.message}
        {...form.register("name", { validate: (name) => nameProblem(name) ?? true })}
      />
      <Controller
        control={form.control}
        name="currency"
        render={({ field, fieldState }) => (
          <Select
            label="Wallet currency"
            help="A wallet keeps its currency."
            value={field.value}
            onChange={field.onChange}
            error={fieldState.error?.message}
            options={CURRENCIES.map((value) => ({ value, label: value, hint: currencyName(value) }))}
          />
        )}
      />
    </FormDialog>
  );
}

const names = new Intl.DisplayNames("en", { type: "currency" });

function currencyName(code: Currency): string {
  return names.of(code) ?? code;
}
