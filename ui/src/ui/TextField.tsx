import { Eye, EyeOff, type LucideIcon } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, type Ref, type TextareaHTMLAttributes, useState } from "react";
import { cx } from "../lib/cx";
import { Field, type FieldTexts } from "./Field";

export type TextFieldProps = FieldTexts &
  Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "size"> & {
    ref?: Ref<HTMLInputElement>;
    /** Inside the field, at its end: `USD`, `h`. */
    unit?: ReactNode;
    icon?: LucideIcon;
  };

/** One line of text. Spread react-hook-form's `register(...)` onto it. */
export function TextField(props: TextFieldProps) {
  const { label, help, error, optional, hideLabel, className, unit, icon: Icon, ...input } = props;
  return (
    <Field {...{ label, help, error, className }} optional={optional ?? false} hideLabel={hideLabel ?? false}>
      {(ids) => (
        <span className="input-box" data-invalid={ids.invalid || undefined}>
          {Icon !== undefined && <Icon className="icon-s" aria-hidden />}
          <input
            type="text"
            autoComplete="off"
            spellCheck={false}
            {...input}
            id={ids.id}
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
          />
          {unit !== undefined && <span className="input-unit">{unit}</span>}
        </span>
      )}
    </Field>
  );
}

/** A number typed as text: amounts stay decimal strings and never become floats. */
export function NumberField({ className, inputMode = "decimal", ...props }: TextFieldProps) {
  return <TextField {...props} inputMode={inputMode} className={cx("number-field", className)} />;
}

export function PasswordField(props: Omit<TextFieldProps, "type" | "unit">) {
  const { label, help, error, optional, hideLabel, className, icon: Icon, ...input } = props;
  const [shown, setShown] = useState(false);
  return (
    <Field {...{ label, help, error, className }} optional={optional ?? false} hideLabel={hideLabel ?? false}>
      {(ids) => (
        <span className="input-box" data-invalid={ids.invalid || undefined}>
          {Icon !== undefined && <Icon className="icon-s" aria-hidden />}
          <input
            autoComplete="off"
            spellCheck={false}
            autoCapitalize="none"
            {...input}
            type={shown ? "text" : "password"}
            id={ids.id}
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
          />
          <button
            type="button"
            className="input-action"
            aria-label={shown ? "Hide password" : "Show password"}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff className="icon-s" aria-hidden /> : <Eye className="icon-s" aria-hidden />}
          </button>
        </span>
      )}
    </Field>
  );
}

export type TextAreaProps = FieldTexts &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> & { ref?: Ref<HTMLTextAreaElement> };

export function TextArea(props: TextAreaProps) {
  const { label, help, error, optional, hideLabel, className, ...area } = props;
  return (
    <Field {...{ label, help, error, className }} optional={optional ?? false} hideLabel={hideLabel ?? false}>
      {(ids) => (
        <span className="input-box input-box-area" data-invalid={ids.invalid || undefined}>
          <textarea
            rows={4}
            {...area}
            id={ids.id}
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
          />
        </span>
      )}
    </Field>
  );
}
