import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { ApiError, ScriptFacts, ScriptField, ScriptFields, ScriptRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useSettled } from "../../lib/useSettled";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { FormDialog } from "../../ui/FormDialog";
import { Skeleton } from "../../ui/Skeleton";
import { Switch } from "../../ui/Switch";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

type ScriptDialogProps = {
  readonly script: ScriptRow | null;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

type Form = {
  readonly name: string;
  readonly number: string;
  readonly description: string;
  readonly images: string;
  readonly active: boolean;
  readonly answers: Readonly<Record<string, string>>;
  readonly locked: ReadonlyArray<string>;
};

const PAUSE_MS = 400;

/** A script as it is offered. What it asks for is read from Linode; without an answer, what is set stays changeable. */
export function ScriptDialog({ script, disabledReason, onClose }: ScriptDialogProps) {
  const [first] = useState<Form>(() => ({
    name: script?.name ?? "",
    number: script?.script_id?.toString() ?? "",
    description: script?.description ?? "",
    images: script?.images.join(", ") ?? "",
    active: script?.is_active ?? true,
    answers: script?.answers ?? {},
    locked: script?.locked ?? [],
  }));
  const [form, setForm] = useState(first);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("scripts.create");
  const edit = useWrite("scripts.edit");
  const number = /^[1-9]\d{0,8}$/.test(form.number.trim()) ? Number(form.number.trim()) : null;
  const settled = useSettled(number, PAUSE_MS);
  const facts = useRead(
    "scripts.look_up",
    { account_id: null, script_id: settled ?? 0 },
    { enabled: settled !== null && disabledReason === null },
  );
  const set = (change: Partial<Form>) => setForm({ ...form, ...change });
  const error = (field: string) => (failure?.field === field ? failure.message : null);

  const submit = () => {
    setFailure(null);
    const fields: ScriptFields = {
      name: form.name,
      script_id: number ?? 0,
      description: form.description,
      images: form.images.split(/[\s,]+/).filter((image) => image !== ""),
      answers: { ...form.answers },
      locked: form.locked.filter((name) => name in form.answers),
      is_active: form.active,
    };
    const done = {
      onSuccess: () => {
        showToast({ title: script === null ? `${form.name.trim()} is offered` : `${form.name.trim()} is saved` });
        onClose();
      },
      onError: ({ error: refused }: { error: ApiError }) => setFailure(refused),
    };
    if (script === null) create.mutate(fields, done);
    else edit.mutate({ id: script.id, fields, expected_updated_at: script.updated_at }, done);
  };

  return (
    <FormDialog
      open
      onClose={onClose}
      title={script === null ? "Add script" : `Edit ${script.name}`}
      description="What is answered beforehand stands in the order’s form; what is fixed can’t be changed there."
      submitLabel={script === null ? "Add script" : "Save script"}
      onSubmit={submit}
      pending={create.isPending || edit.isPending}
      dirty={form !== first}
      disabledReason={
        disabledReason ??
        (form.name.trim() === "" ? "Give it a name." : number === null ? "Give the script’s number at Linode." : null)
      }
      failure={
        failure === null || ["name", "script_id", "description", "images"].includes(failure.field ?? "")
          ? null
          : { title: "The script was not saved", error: failure }
      }
    >
      <div className="form-row">
        <TextField
          label="Name"
          value={form.name}
          maxLength={255}
          error={error("name")}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextField
          label="Number at Linode"
          inputMode="numeric"
          value={form.number}
          placeholder="607256"
          error={error("script_id") ?? (form.number.trim() !== "" && number === null ? "Write its number." : null)}
          onChange={(event) => set({ number: event.currentTarget.value })}
        />
      </div>
      <TextArea
        label="What it is for"
        optional
        rows={2}
        value={form.description}
        error={error("description")}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <TextField
        label="Only images"
        optional
        placeholder="linode/debian12, linode/ubuntu24.04"
        help={imagesHelp(facts.data?.script ?? null)}
        value={form.images}
        error={error("images")}
        onChange={(event) => set({ images: event.currentTarget.value })}
      />
      <Switch label="Offered with orders" checked={form.active} onChange={(active) => set({ active })} />
      <Asked
        facts={facts.data === undefined ? undefined : facts.data.script}
        reading={settled !== null && facts.isFetching && facts.data === undefined}
        error={facts.error?.error ?? null}
        onRetry={() => void facts.refetch()}
        form={form}
        onChange={set}
      />
    </FormDialog>
  );
}

function imagesHelp(facts: ScriptFacts | null): string {
  if (facts === null) return "Empty: all that the script is for.";
  const all = facts.images.includes("any/all") ? "any image" : facts.images.join(", ");
  return `Empty: all that the script is for (${all}).`;
}

type AskedProps = {
  readonly facts: ScriptFacts | null | undefined;
  readonly reading: boolean;
  readonly error: ApiError | null;
  readonly onRetry: () => void;
  readonly form: Form;
  readonly onChange: (change: Partial<Form>) => void;
};

/** What the script asks for, and what else is answered although it asks for it no more. */
function Asked({ facts, reading, error, onRetry, form, onChange }: AskedProps) {
  const known = facts?.fields.filter((field) => field.kind !== "header") ?? [];
  const others = Object.keys(form.answers).filter((name) => !known.some((field) => field.name === name));
  return (
    <div className="script-asked">
      <h3 className="small bold">What it asks for</h3>
      {error === null ? null : <ErrorBlock inline title="Linode was not asked" error={error} onRetry={onRetry} />}
      {reading ? <Skeleton lines={3} /> : null}
      {facts === null ? (
        <p className="notice notice-warning">
          Linode has no script of this number that these accounts may see. It can be saved all the same.
        </p>
      ) : null}
      {facts === undefined || facts === null ? null : (
        <p className="muted">
          {facts.label}
          {facts.username === null ? "" : ` by ${facts.username}`}
          {known.length === 0 ? ": it asks for nothing." : ""}
        </p>
      )}
      {known.map((field) => (
        <Answer key={field.name} field={field} form={form} onChange={onChange} />
      ))}
      {others.map((name) => (
        <Answer
          key={name}
          field={{ name, label: name, kind: "text", choices: [], default: null, example: null, required: false }}
          form={form}
          onChange={onChange}
        />
      ))}
    </div>
  );
}

type AnswerProps = Pick<AskedProps, "form" | "onChange"> & { readonly field: ScriptField };

function Answer({ field, form, onChange }: AnswerProps) {
  if (field.kind === "secret") {
    return (
      <p className="script-secret">
        <KeyRound className="icon-xs muted" aria-hidden />
        <span className="medium">{field.label}</span>
        <span className="muted">is a secret: asked for with each order, never kept here.</span>
      </p>
    );
  }
  const answer = form.answers[field.name];
  const isFixed = form.locked.includes(field.name);
  const { [field.name]: _, ...rest } = form.answers;
  const choices = field.choices.length === 0 ? "" : ` One of ${field.choices.join(", ")}.`;
  const usual =
    field.default === null ? (field.required ? "Has to be answered." : "") : `Usually ${field.default || "nothing"}.`;
  return (
    <div className="script-answer">
      <TextField
        className="grow"
        label={field.label}
        help={`${usual}${choices}`.trim() || undefined}
        placeholder={field.example ?? undefined}
        value={answer ?? ""}
        onChange={(event) => {
          const value = event.currentTarget.value;
          if (value === "") {
            onChange({ answers: rest, locked: form.locked.filter((name) => name !== field.name) });
          } else onChange({ answers: { ...rest, [field.name]: value } });
        }}
      />
      <label className="script-fixed">
        <input
          type="checkbox"
          aria-label={`Fixed: ${field.label}`}
          checked={isFixed}
          disabled={answer === undefined}
          onChange={() =>
            onChange({
              locked: isFixed ? form.locked.filter((name) => name !== field.name) : [...form.locked, field.name],
            })
          }
        />
        Fixed
      </label>
    </div>
  );
}
