import { type FormEvent, useState } from "react";
import type { Filter, FilterOp } from "../bindings/contract";
import { serverNow } from "../lib/clock";
import { Button } from "../ui/Button";
import { Segmented } from "../ui/Segmented";
import { TextField } from "../ui/TextField";
import { type ColumnFilter, FILTER_OPS, type FilterKind, opWords } from "./columns";
import { parseValue } from "./filterValues";

type FilterEditorProps = {
  readonly id: string;
  readonly header: string;
  readonly spec: ColumnFilter;
  /** Null for a new filter. */
  readonly filter: Filter | null;
  readonly onApply: (filter: Filter) => void;
};

const WRONG: Readonly<Record<FilterKind, string>> = {
  text: "Enter what to look for.",
  enum: "Choose at least one.",
  money: "Enter an amount such as 250.00.",
  number: "Enter a whole number.",
  time: "Enter a day such as 2026-11-22.",
};

const DAY_MS = 86_400_000;
const DAYS_BACK = [
  { label: "Today", days: 0 },
  { label: "7 days", days: 6 },
  { label: "30 days", days: 29 },
] as const;

/** What is asked of one column: a question and its values. */
export function FilterEditor({ id, header, spec, filter, onApply }: FilterEditorProps) {
  const ops = FILTER_OPS[spec.kind];
  const [op, setOp] = useState<FilterOp>(filter?.op ?? ops[0] ?? "is");
  const [values, setValues] = useState<ReadonlyArray<string>>(filter?.values ?? []);
  const [problem, setProblem] = useState<string | null>(null);

  const apply = (chosen: ReadonlyArray<string>) => {
    const parsed = chosen.flatMap((value) => parseValue(spec.kind, value) ?? []);
    if (parsed.length === 0 || parsed.length !== chosen.length) setProblem(WRONG[spec.kind]);
    else onApply({ column: id, op, values: parsed });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    apply(values);
  };

  return (
    <form className="grid-filter-form" onSubmit={onSubmit} noValidate>
      <Segmented
        label={`How to compare ${header.toLowerCase()}`}
        value={op}
        options={ops.map((value) => ({ value, label: capital(opWords(spec.kind, value)) }))}
        onChange={setOp}
      />
      {spec.kind === "enum" ? (
        <fieldset className="grid-filter-options">
          <legend className="sr-only">{header}</legend>
          {spec.options.map((option) => (
            <label key={option.value} className="grid-filter-option">
              <input
                type="checkbox"
                checked={values.includes(option.value)}
                onChange={(event) => {
                  setProblem(null);
                  setValues(
                    event.currentTarget.checked
                      ? [...values, option.value]
                      : values.filter((value) => value !== option.value),
                  );
                }}
              />
              {option.label}
            </label>
          ))}
          {problem === null ? null : (
            <p className="field-error" role="alert">
              {problem}
            </p>
          )}
        </fieldset>
      ) : (
        <TextField
          label={header}
          hideLabel
          ref={focusOnce}
          error={problem}
          value={values[0] ?? ""}
          inputMode={spec.kind === "money" || spec.kind === "number" ? "decimal" : "text"}
          placeholder={spec.kind === "time" ? "YYYY-MM-DD" : spec.kind === "money" ? "0.00" : ""}
          unit={spec.kind === "time" ? "UTC" : undefined}
          onChange={(event) => {
            setProblem(null);
            setValues([event.currentTarget.value]);
          }}
        />
      )}
      <div className="grid-filter-foot">
        {spec.kind === "time" && op === "at_least"
          ? DAYS_BACK.map(({ label, days }) => (
              <Button key={label} size="sm" variant="ghost" onClick={() => apply([dayBefore(days)])}>
                {label}
              </Button>
            ))
          : null}
        <span className="grow" />
        <Button size="sm" variant="primary" type="submit">
          Apply
        </Button>
      </div>
    </form>
  );
}

/** What a person came for is the field: now, and again after an opening popover has focused its first button. */
function focusOnce(field: HTMLInputElement | null): void {
  if (field === null) return;
  field.focus();
  requestAnimationFrame(() => field.focus());
}

function dayBefore(days: number): string {
  return new Date(serverNow() - days * DAY_MS).toISOString().slice(0, 10);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
