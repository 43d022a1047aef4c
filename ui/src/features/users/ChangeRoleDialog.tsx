import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError, Role, UserRow } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useWrite } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { OrganizationField } from "../../lib/OrganizationField";
import { FormDialog } from "../../ui/FormDialog";
import { Select } from "../../ui/Select";
import { ROLE } from "../../ui/status";
import { showToast } from "../../ui/Toast";
import { personName } from "./columns";
import { ROLE_MEANS, ROLE_OPTIONS } from "./roles";

type Form = { role: Role; organization_id: OrganizationChoice | null };

type ChangeRoleDialogProps = {
  readonly user: UserRow;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Mounted while it is open. Says what the change means before it is made. */
export function ChangeRoleDialog({ user, disabledReason, onClose }: ChangeRoleDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const setRole = useWrite("users.set_role");
  const { session } = useSession();
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { role: user.role, organization_id: belongsTo(user) },
  });
  const { isDirty } = form.formState;
  const role = form.watch("role");
  const name = personName(user);

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    setRole.mutate(
      {
        id: user.id,
        role: values.role,
        organization_id: values.role === "user" ? (values.organization_id?.id ?? null) : null,
      },
      {
        onSuccess: () => {
          showToast({ title: `${name} is now ${ROLE[values.role].toLowerCase()}` });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["role", "organization_id"], form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Change role"
      submitLabel="Change role"
      onSubmit={(event) => void submit(event)}
      pending={setRole.isPending}
      dirty={isDirty}
      disabledReason={disabledReason ?? (isDirty ? null : "Choose another role or organization first.")}
      failure={failure === null ? null : { title: "The role was not changed", error: failure }}
    >
      <p>
        <b className="medium">{name}</b> <span className="muted">{name === user.email ? null : user.email}</span>
      </p>
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
      {isDirty ? (
        <p className="notice notice-warning" role="status">
          {consequences(user, role, session.user_id === user.id)}
        </p>
      ) : null}
    </FormDialog>
  );
}

function belongsTo(user: UserRow): OrganizationChoice | null {
  if (user.organization_id === null) return null;
  const label = user.organization ?? `ID ${user.organization_id}`;
  return { id: user.organization_id, label, hint: `ID ${user.organization_id}`, currency: null };
}

function consequences(user: UserRow, role: Role, self: boolean): string {
  const change =
    role === user.role ? "The organization changes." : `${ROLE[user.role]} becomes ${ROLE[role].toLowerCase()}.`;
  const ends = self
    ? "This is you: your session ends at once, and you sign in again with the new role."
    : "Sessions of this person end at once, wherever they are signed in; what they have not saved is lost.";
  const leaves =
    user.organization_id !== null && role !== "user"
      ? ` The tie to ${user.organization ?? "the organization"} is cut.`
      : "";
  return `${change} ${ends}${leaves}`;
}
