import { useRef, useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { OrganizationField } from "../../lib/OrganizationField";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FormDialog } from "../../ui/FormDialog";
import { Secret } from "../../ui/Secret";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";

const NAME_CHARS_MAX = 255;
const LIVES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "One year" },
  { value: "never", label: "Until it is revoked" },
] as const;
type Life = (typeof LIVES)[number]["value"];

type Form = { name: string; organization_id: OrganizationChoice | null; life: Life };
const FIELDS = ["name", "organization_id"] as const;

/** Mounted while it is open. After the answer it shows the key, once. */
export function NewApiKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [made, setMade] = useState<{ readonly name: string; readonly value: string } | null>(null);
  const create = useWrite("api_keys.create");
  const reason = useWriteReason("api_keys");
  const form = useForm<Form>({ mode: "onTouched", defaultValues: { name: "", organization_id: null, life: "365" } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    if (values.organization_id === null) return;
    setFailure(null);
    const name = values.name.trim();
    create.mutate(
      {
        name,
        organization_id: values.organization_id.id,
        user_id: null,
        expires_in_days: values.life === "never" ? null : Number(values.life),
      },
      {
        onSuccess: ({ key }) => setMade({ name, value: key }),
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });

  if (made !== null) return <Shown name={made.name} value={made.value} onClose={onClose} />;
  return (
    <FormDialog
      open
      onClose={onClose}
      title="New API key"
      submitLabel="Make key"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={reason}
      failure={failure === null ? null : { title: "No key was made", error: failure }}
    >
      <TextField
        label="Name"
        placeholder="Deploy script"
        help="What it is for, so that it is known later what stops when it is revoked."
        maxLength={NAME_CHARS_MAX}
        error={errors.name?.message}
        {...form.register("name", { validate: (name) => name.trim() !== "" || "Say what the key is for." })}
      />
      <Controller
        control={form.control}
        name="organization_id"
        rules={{ validate: (value) => value !== null || "Choose whose data the key opens." }}
        render={({ field, fieldState }) => (
          <OrganizationField value={field.value} onChange={field.onChange} error={fieldState.error?.message} />
        )}
      />
      <Controller
        control={form.control}
        name="life"
        render={({ field }) => (
          <Select label="Works for" value={field.value} onChange={field.onChange} options={LIVES} />
        )}
      />
    </FormDialog>
  );
}

/** From here on only its digest exists. */
function Shown({
  name,
  value,
  onClose,
}: {
  readonly name: string;
  readonly value: string;
  readonly onClose: () => void;
}) {
  const done = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title="API key made"
      initialFocus={done}
      dirty
      footer={
        <Button ref={done} variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p>
        This is the key of <b className="medium selectable">{name}</b>. Give it over a safe way; it is not shown again.
      </p>
      <Secret label="API key" copyLabel="Copy key" value={value} />
    </Dialog>
  );
}
