import { TriangleAlert } from "lucide-react";
import type { Offer, OfferedField, OfferedScript, SystemRequest } from "../../bindings/contract";
import { Select } from "../../ui/Select";
import { PasswordField, TextArea, TextField } from "../../ui/TextField";

/** What a system is made from, as the form holds it. */
export type SystemForm = {
  readonly image: string;
  readonly scriptId: number | null;
  readonly answers: Readonly<Record<string, string>>;
  readonly keys: string;
};

export const NO_SYSTEM: SystemForm = { image: "", scriptId: null, answers: {}, keys: "" };
const NO_SCRIPT = "none";

export function scriptOf(form: SystemForm, offer: Offer | undefined): OfferedScript | null {
  return offer?.scripts.find((script) => script.id === form.scriptId) ?? null;
}

/** What a field answers: what was typed, what the business has set, or the script's default. */
export function answerTo(field: OfferedField, form: SystemForm): string {
  if (field.locked) return field.answer ?? "";
  return form.answers[field.name] ?? field.answer ?? field.default ?? "";
}

/** What is still missing, as a sentence; null when it can be sent. Linode's own rules: `stackscript.rs` checks them again. */
export function missingFrom(form: SystemForm, offer: Offer | undefined): string | null {
  if (form.image.trim() === "") return "Choose an image.";
  const open = scriptOf(form, offer)?.fields.find((field) => field.required && answerTo(field, form) === "");
  return open === undefined ? null : `Answer “${open.label}”.`;
}

/** What a person has answered or the business has set: the rest is the StackScript's own default. */
export function systemRequest(form: SystemForm, offer: Offer | undefined): SystemRequest {
  const script = scriptOf(form, offer);
  const answered = script?.fields.filter(
    (field) => field.kind !== "header" && (form.answers[field.name] !== undefined || field.answer !== null),
  );
  return {
    image: form.image.trim(),
    authorized_keys: form.keys
      .split("\n")
      .map((key) => key.trim())
      .filter((key) => key !== ""),
    stackscript: form.scriptId,
    answers: Object.fromEntries((answered ?? []).map((field) => [field.name, answerTo(field, form)])),
  };
}

type SystemFieldsProps = {
  readonly form: SystemForm;
  readonly onChange: (form: SystemForm) => void;
  readonly offer: Offer | undefined;
  readonly reading: boolean;
  /** Fields that the program refused, by its names. */
  readonly errors: Readonly<Record<string, string>>;
};

export function SystemFields({ form, onChange, offer, reading, errors }: SystemFieldsProps) {
  const images = offer?.images ?? [];
  const scripts = offer?.scripts.filter((script) => suits(script, form.image)) ?? [];
  const script = scriptOf(form, offer);
  const answer = (name: string, value: string) => onChange({ ...form, answers: { ...form.answers, [name]: value } });
  return (
    <>
      {images.length === 0 ? (
        <TextField
          label="Image"
          placeholder="linode/debian12"
          help={reading ? "Linode’s images are being read; an ID can be typed meanwhile." : "The ID of an image."}
          value={form.image}
          error={errors.image}
          onChange={(event) => onChange({ ...form, image: event.currentTarget.value })}
        />
      ) : (
        <Select
          label="Image"
          value={form.image === "" ? null : form.image}
          onChange={(image) => onChange({ ...form, image })}
          options={images.map((image) => ({
            value: image.id,
            label: image.label,
            hint: image.is_public ? (image.vendor ?? image.id) : "The account’s own",
          }))}
          error={errors.image}
        />
      )}
      <Select
        label="StackScript"
        optional
        value={form.scriptId === null ? NO_SCRIPT : String(form.scriptId)}
        onChange={(value) => onChange({ ...form, scriptId: value === NO_SCRIPT ? null : Number(value), answers: {} })}
        options={[
          { value: NO_SCRIPT, label: "None" },
          ...scripts.map((each) => ({
            value: String(each.id),
            label: each.label,
            ...(each.description === null ? {} : { hint: each.description }),
          })),
        ]}
        help={
          script === null || suits(script, form.image)
            ? undefined
            : "This StackScript is not made for the chosen image."
        }
        error={errors.stackscript_id}
      />
      {script === null ? null : (
        <fieldset className="script-fields">
          <legend className="sr-only">{`What ${script.label} asks for`}</legend>
          {script.fields.map((field) => (
            <Question
              key={field.name}
              field={field}
              value={answerTo(field, form)}
              error={errors[`stackscript_data.${field.name}`]}
              onChange={(value) => answer(field.name, value)}
            />
          ))}
        </fieldset>
      )}
      <TextArea
        label="SSH keys"
        optional
        help="Public keys that may enter as root, one a line. A root password is drawn either way."
        rows={3}
        spellCheck={false}
        value={form.keys}
        error={errors.authorized_keys}
        onChange={(event) => onChange({ ...form, keys: event.currentTarget.value })}
      />
    </>
  );
}

function suits(script: OfferedScript, image: string): boolean {
  return image === "" || script.images.includes(image) || script.images.includes("any/all");
}

type QuestionProps = {
  readonly field: OfferedField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
};

/** A field of a StackScript, by its type. */
function Question({ field, value, error, onChange }: QuestionProps) {
  if (field.locked) return <TextField label={field.label} help="Set for every order." value={value} readOnly />;
  const common = {
    label: field.label,
    optional: !field.required,
    error,
    ...(field.example === null ? {} : { placeholder: field.example }),
  };
  switch (field.kind) {
    case "header":
      return <h3 className="script-heading">{field.label}</h3>;
    case "password":
      return <PasswordField {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
    case "one_of":
      return (
        <Select
          label={field.label}
          optional={!field.required}
          error={error}
          value={value === "" ? null : value}
          onChange={onChange}
          options={field.choices.map((choice) => ({ value: choice, label: choice }))}
        />
      );
    case "many_of":
      return <ManyOf field={field} value={value} error={error} onChange={onChange} />;
    default:
      return <TextField {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

function ManyOf({ field, value, error, onChange }: QuestionProps) {
  const chosen = new Set(value.split(",").map((part) => part.trim()));
  const toggle = (choice: string, on: boolean) =>
    onChange(field.choices.filter((each) => (each === choice ? on : chosen.has(each))).join(","));
  return (
    <fieldset className="field">
      <legend className="field-label">
        {field.label}
        {field.required ? null : <span className="field-optional">Optional</span>}
      </legend>
      <div className="script-choices">
        {field.choices.map((choice) => (
          <label key={choice} className="row gap-6">
            <input
              type="checkbox"
              checked={chosen.has(choice)}
              onChange={(event) => toggle(choice, event.currentTarget.checked)}
            />
            {choice}
          </label>
        ))}
      </div>
      {error === undefined ? null : <p className="field-error">{error}</p>}
    </fieldset>
  );
}

/** What the provider did not answer; the rest of the form works without it. */
export function UnreadNotice({ offer }: { readonly offer: Offer | undefined }) {
  if (offer === undefined || offer.unread.length === 0) return null;
  return (
    <p className="notice notice-warning" role="status">
      <TriangleAlert aria-hidden />
      <span>{offer.unread.map((part) => `${PARTS[part.part] ?? part.part}: ${part.message}`).join(" ")}</span>
    </p>
  );
}

const PARTS: Readonly<Record<string, string>> = {
  regions: "Regions were not read",
  images: "Images were not read",
  stackscripts: "StackScripts were not read",
};
