import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { Select } from "../../ui/Select";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { ADDRESS_CHARS_MAX, NAME_CHARS_MAX, nameProblem } from "./name";

const CURRENCIES = ["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK"] as const;
type Currency = (typeof CURRENCIES)[number];

type Form = { name: string; currency: Currency; billing_address: string };

type NewOrganizationDialogProps = { readonly onClose: () => void; readonly onCreated: (id: number) => void };

/** Mounted while it is open. */
export function NewOrganizationDialog({ onClose, onCreated }: NewOrganizationDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("organizations.create");
  const reason = useWriteReason("organizations");
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { name: "", currency: "USD", billing_address: "" } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    const name = values.name.trim();
    create.mutate(
      { name, currency: values.currency, billing_name: null, billing_address: values.billing_address.trim() },
      {
        onSuccess: ({ id }) => {
          showToast({ title: `${name} created`, description: `With an empty wallet in ${values.currency}.` });
          onCreated(id);
        },
        onError: ({ error }) => setFailure(landOnField(error, ["name", "currency", "billing_address"], form.setError)),
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

const names = new Intl.DisplayNames("en", { type: "currency" });

function currencyName(code: Currency): string {
  return names.of(code) ?? code;
}
