import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cx } from "../lib/cx";

export type FieldTexts = {
  label: string;
  help?: ReactNode;
  /** What is wrong, as a sentence. */
  error?: string | null | undefined;
  /** Shown beside the label. */
  optional?: boolean;
  hideLabel?: boolean;
};

export type FieldIds = { id: string; describedBy: string | undefined; invalid: boolean };

/** Label above, control, help or error below: what all fields share. */
export function Field(props: FieldTexts & { className?: string | undefined; children: (ids: FieldIds) => ReactNode }) {
  const { label, help, error, optional = false, hideLabel = false, className, children } = props;
  const id = useId();
  const helpId = `${id}-help`;
  const errorId = `${id}-error`;
  const invalid = error !== null && error !== undefined;
  const describedBy = cx(invalid && errorId, help !== undefined && helpId) || undefined;
  return (
    <div className={cx("field", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "field-label"}>
        {label}
        {optional && <span className="field-optional">Optional</span>}
      </label>
      {children({ id, describedBy, invalid })}
      {invalid && (
        <p id={errorId} className="field-error">
          <CircleAlert className="icon-xs" aria-hidden />
          {error}
        </p>
      )}
      {help !== undefined && (
        <p id={helpId} className="field-help">
          {help}
        </p>
      )}
    </div>
  );
}
