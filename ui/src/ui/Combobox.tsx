import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown } from "lucide-react";
import { Field, type FieldTexts } from "./Field";

export type ComboboxOption = { id: number; label: string; hint?: string };

export type ComboboxProps = FieldTexts & {
  value: ComboboxOption | null;
  onChange: (value: ComboboxOption | null) => void;
  /** What the backend found for the query: nothing is filtered here. */
  options: ReadonlyArray<ComboboxOption>;
  onQuery: (query: string) => void;
  placeholder?: string;
  /** While the backend searches. */
  searching?: boolean;
  emptyText?: string;
  className?: string;
};

/** Chooses one thing out of more than fit in a list; the caller searches. */
export function Combobox(props: ComboboxProps) {
  const { label, help, error, optional, hideLabel, className, value, onChange, options, onQuery } = props;
  return (
    <Field {...{ label, help, error, className }} optional={optional ?? false} hideLabel={hideLabel ?? false}>
      {(ids) => (
        <Base.Root<ComboboxOption>
          items={options}
          filter={null}
          value={value}
          onValueChange={(next) => onChange(next)}
          onInputValueChange={(query, details) => {
            if (details.reason === "input-change" || details.reason === "input-clear") onQuery(query);
          }}
          itemToStringLabel={(option) => option.label}
          isItemEqualToValue={(a, b) => a.id === b.id}
        >
          <Base.InputGroup className="input-box" data-invalid={ids.invalid || undefined}>
            <Base.Input
              id={ids.id}
              placeholder={props.placeholder}
              aria-describedby={ids.describedBy}
              aria-invalid={ids.invalid || undefined}
            />
            <Base.Trigger className="input-action" aria-label={`Show ${label.toLowerCase()} list`}>
              <ChevronsUpDown className="icon-s" aria-hidden />
            </Base.Trigger>
          </Base.InputGroup>
          <Base.Portal>
            <Base.Positioner sideOffset={4} collisionPadding={8} className="float-positioner">
              <Base.Popup className="menu menu-anchored">
                <Base.Status className="menu-status">{props.searching === true ? "Searching\u2026" : null}</Base.Status>
                <Base.Empty className="menu-status">
                  {props.searching === true ? null : (props.emptyText ?? "Nothing found.")}
                </Base.Empty>
                <Base.List>
                  {(option: ComboboxOption) => (
                    <Base.Item key={option.id} value={option} className="menu-item">
                      <span className="menu-check">
                        <Base.ItemIndicator>
                          <Check className="icon-s" aria-hidden />
                        </Base.ItemIndicator>
                      </span>
                      <span className="grow truncate">{option.label}</span>
                      {option.hint !== undefined && <span className="small muted truncate">{option.hint}</span>}
                    </Base.Item>
                  )}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      )}
    </Field>
  );
}
