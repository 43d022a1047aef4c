import { KeyRound } from "lucide-react";
import { useRef, useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError, Role } from "../../bindings/contract";
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
import { Switch } from "../../ui/Switch";
import { PasswordField, TextField } from "../../ui/TextField";
import "./users.css";
import { emailProblem, generatePassword, PASSWORD_CHARS_MAX, passwordProblem } from "../../lib/password";
import { ROLE_MEANS, ROLE_OPTIONS } from "./roles";

/** As `users` declares its columns. */
const EMAIL_CHARS_MAX = 255;
const NAME_CHARS_MAX = 100;

type Form = {
  email: string;
  first_name: string;
  last_name: string;
  role: Role;
  organization_id: OrganizationChoice | null;
  password: string;
  must_change_password: boolean;
};

const FIELDS = ["email", "first_name", "last_name", "role", "organization_id", "password"] as const;

/** Mounted while it is open. After the answer it shows the first password, once. */
export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [created, setCreated] = useState<Omit<FirstPasswordProps, "onClose"> | null>(null);
  const create = useWrite("users.create");
  const reason = useWriteReason("users");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: {
      email: "",
      first_name: "",
      last_name: "",
      role: "user",
      organization_id: null,
      password: "",
      must_change_password: true,
    },
  });
  const { errors, isDirty } = form.formState;
  const role = form.watch("role");

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    const email = values.email.trim();
    const mustChange = values.role !== "user" && values.must_change_password;
    create.mutate(
      {
        email,
        first_name: values.first_name.trim(),
        last_name: values.last_name.trim(),
        role: values.role,
        organization_id: values.role === "user" ? (values.organization_id?.id ?? null) : null,
        password: values.password,
        must_change_password: mustChange,
      },
      {
        onSuccess: () => setCreated({ email, password: values.password, mustChange }),
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });

  if (created !== null) return <FirstPassword {...created} onClose={onClose} />;
  return (
    <FormDialog
      open
      onClose={onClose}
      title="New user"
      submitLabel="Create user"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={reason}
      failure={failure === null ? null : { title: "The user was not created", error: failure }}
    >
      <TextField
        label="E-mail"
        type="email"
        placeholder="ana@example.com"
        maxLength={EMAIL_CHARS_MAX}
        error={errors.email?.message}
        {...form.register("email", { validate: (email) => emailProblem(email) ?? true })}
      />
      <div className="form-row">
        <TextField
          label="First name"
          optional
          maxLength={NAME_CHARS_MAX}
          error={errors.first_name?.message}
          {...form.register("first_name")}
        />
        <TextField
          label="Last name"
          optional
          maxLength={NAME_CHARS_MAX}
          error={errors.last_name?.message}
          {...form.register("last_name")}
        />
      </div>
      <Controller
        control={form.control}
        name="role"
        render={({ field, fieldState }) => (
          <Select
            label="Role"
            help={ROLE_MEANS[field.value]}
            value={field.value}
            onChange={field.onChange}
            options={ROLE_OPTIONS}
            error={fieldState.error?.message}
          />
        )}
      />
      {role === "user" ? (
        <Controller
          control={form.control}
          name="organization_id"
          rules={{
            validate: (value, values) =>
              values.role !== "user" || value !== null || "A customer belongs to an organization: choose which.",
          }}
          render={({ field, fieldState }) => (
            <OrganizationField value={field.value} onChange={field.onChange} error={fieldState.error?.message} />
          )}
        />
      ) : null}
      <div className="form-with-button">
        <PasswordField
          label="First password"
          autoComplete="new-password"
          maxLength={PASSWORD_CHARS_MAX}
          error={errors.password?.message}
          {...form.register("password", {
            validate: (password, values) => passwordProblem(password, values.email) ?? true,
          })}
        />
        <Button
          icon={KeyRound}
          onClick={() =>
            form.setValue("password", generatePassword(), {
              shouldDirty: true,
              shouldValidate: true,
              shouldTouch: true,
            })
          }
        >
          Generate
        </Button>
      </div>
      {role === "user" ? null : (
        <Controller
          control={form.control}
          name="must_change_password"
          render={({ field }) => (
            <Switch
              label="Ask for another password at the first sign-in"
              help="You know this one: turn it off only if the person chose it."
              checked={field.value}
              onChange={field.onChange}
            />
          )}
        />
      )}
    </FormDialog>
  );
}

type FirstPasswordProps = {
  readonly email: string;
  readonly password: string;
  readonly mustChange: boolean;
  readonly onClose: () => void;
};

/** Shown once: from here on only its hash exists. */
function FirstPassword({ email, password, mustChange, onClose }: FirstPasswordProps) {
  const done = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title="User created"
      width="small"
      initialFocus={done}
      dirty
      footer={
        <Button ref={done} variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p>
        Give <b className="medium selectable">{email}</b> this first password over a safe way. It is not shown again.
      </p>
      <Secret label="First password" copyLabel="Copy password" value={password} />
      {mustChange ? <p className="muted">The first sign-in asks for a password of their own.</p> : null}
    </Dialog>
  );
}
