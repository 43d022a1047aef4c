import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, Engine, HostRow, PapersRequest } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { engineText } from "./hostLooks";

type Form = { label: string; endpoint: string } & PapersRequest;

type DialogProps = {
  readonly disabledReason: string | null;
  /** Why certificates can't be sealed now; the other ways need none. */
  readonly sealReason: string | null;
  readonly onClose: () => void;
};

const FIELDS = ["label", "endpoint", "authority", "certificate", "key"] as const;

function endpointProblem(text: string): string | true {
  return /^(unix|tcp|ssh):\/\//i.test(text.trim()) || "Begin with unix://, tcp:// or ssh://.";
}

function isEncryptedPort(endpoint: string): boolean {
  return /^tcp:\/\//i.test(endpoint.trim());
}

function found(title: string, engine: Engine): void {
  showToast({ title, description: `${engineText(engine)}. Sync now to read its containers.` });
}

/** Adds a Docker host. Its engine is asked what it is before anything is saved. */
export function AddHostDialog({ disabledReason, sealReason, onClose }: DialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("hosts.create");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { label: "", endpoint: "", authority: "", certificate: "", key: "" },
  });
  const { errors, isDirty } = form.formState;
  const encrypted = isEncryptedPort(form.watch("endpoint"));
  const submit = form.handleSubmit((values) => {
    setFailure(null);
    const label = values.label.trim();
    create.mutate(
      { label, endpoint: values.endpoint.trim(), papers: papersOf(values) },
      {
        onSuccess: ({ engine }) => {
          found(`Added ${label}`, engine);
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Add Docker host"
      description="A computer of your own with Docker. It is asked what it is first; nothing is changed there."
      submitLabel="Add Docker host"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={disabledReason ?? (encrypted ? sealReason : null)}
      failure={failure === null ? null : { title: "The host was not added", error: failure }}
    >
      <TextField
        label="Name"
        help="For people here: the host never sees it."
        placeholder="Rack 2"
        maxLength={100}
        error={errors.label?.message}
        {...form.register("label", { validate: (text) => text.trim() !== "" || "Enter a name." })}
      />
      <TextField
        label="Address"
        help="unix:///var/run/docker.sock on this computer, tcp://name:2376 (always encrypted), or ssh://user@name."
        placeholder="ssh://ops@rack-2.example"
        error={errors.endpoint?.message}
        {...form.register("endpoint", { validate: endpointProblem })}
      />
      {encrypted ? <PapersFields form={form} /> : null}
    </FormDialog>
  );
}

type OfHost = DialogProps & { readonly host: HostRow };

/** Other certificates, or another address of the same engine. */
export function ReplaceHostDialog({ host, disabledReason, sealReason, onClose }: OfHost) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const replace = useWrite("hosts.replace");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { label: host.label, endpoint: host.endpoint ?? "", authority: "", certificate: "", key: "" },
  });
  const { errors, isDirty } = form.formState;
  const encrypted = isEncryptedPort(form.watch("endpoint"));
  const submit = form.handleSubmit((values) => {
    setFailure(null);
    replace.mutate(
      { id: host.id, endpoint: values.endpoint.trim(), papers: papersOf(values) },
      {
        onSuccess: ({ engine }) => {
          showToast({ title: `${host.label} is reached`, description: `${engineText(engine)}.` });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Replace how ${host.label} is reached`}
      description="The host is asked first, and must be the one that it was. The old certificates are forgotten here."
      submitLabel="Replace"
      onSubmit={(event) => void submit(event)}
      pending={replace.isPending}
      dirty={isDirty}
      disabledReason={disabledReason ?? (encrypted ? sealReason : null)}
      failure={failure === null ? null : { title: "Nothing was replaced", error: failure }}
    >
      <TextField
        label="Address"
        error={errors.endpoint?.message}
        {...form.register("endpoint", { validate: endpointProblem })}
      />
      {encrypted ? <PapersFields form={form} /> : null}
    </FormDialog>
  );
}

type PapersFieldsProps = { readonly form: ReturnType<typeof useForm<Form>> };

function PapersFields({ form }: PapersFieldsProps) {
  const { errors } = form.formState;
  return (
    <>
      <TextArea
        label="Authority’s certificate"
        optional
        rows={3}
        className="mono-field"
        help="PEM, of whoever signed the host’s certificate. Empty: those that this computer trusts."
        error={errors.authority?.message}
        {...form.register("authority")}
      />
      <TextArea
        label="Our certificate"
        rows={3}
        className="mono-field"
        help="PEM. The host lets in whoever has one that it trusts."
        error={errors.certificate?.message}
        {...form.register("certificate")}
      />
      <TextArea
        label="Our certificate’s key"
        rows={3}
        className="mono-field"
        help="PEM, without a passphrase. It is sealed with the workspace key; nobody can read it back."
        error={errors.key?.message}
        {...form.register("key")}
      />
    </>
  );
}

function papersOf(values: Form): PapersRequest {
  const none = { authority: "", certificate: "", key: "" };
  if (!isEncryptedPort(values.endpoint)) return none;
  return { authority: values.authority, certificate: values.certificate, key: values.key };
}
