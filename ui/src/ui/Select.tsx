import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown, type LucideIcon } from "lucide-react";
import { cx } from "../lib/cx";
import { Field, type FieldTexts } from "./Field";

export type SelectOption<V extends string> = {
  value: V;
  label: string;
  /** A second line under the label. */
  hint?: string;
  icon?: LucideIcon;
  iconClass?: string;
  disabledReason?: string | null;
};

export type SelectProps<V extends string> = FieldTexts & {
  value: V | null;
  onChange: (value: V) => void;
  options: ReadonlyArray<SelectOption<V>>;
  placeholder?: string;
  size?: "md" | "sm";
  className?: string;
  name?: string;
};

export function Select<V extends string>(props: SelectProps<V>) {
  const { label, help, error, optional, hideLabel, className, value, onChange, options, size = "md", name } = props;
  const placeholder = props.placeholder ?? "Choose\u2026";
  const chosen = options.find((option) => option.value === value);
  return (
    <Field {...{ label, help, error, className }} optional={optional ?? false} hideLabel={hideLabel ?? false}>
      {(ids) => (
        <Base.Root<V>
          value={value}
          {...(name === undefined ? {} : { name })}
          onValueChange={(next) => {
            if (next !== null) onChange(next);
          }}
        >
          <Base.Trigger
            id={ids.id}
            className={cx("select", size === "sm" && "select-sm")}
            data-invalid={ids.invalid || undefined}
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
          >
            {chosen?.icon !== undefined && <chosen.icon className={cx("icon-s", chosen.iconClass)} aria-hidden />}
            <Base.Value className={cx("grow truncate", chosen === undefined && "muted")}>
              {chosen?.label ?? placeholder}
            </Base.Value>
            <ChevronDown className="icon-xs muted" aria-hidden />
          </Base.Trigger>
          <Base.Portal>
            <Base.Positioner
              alignItemWithTrigger={false}
              sideOffset={4}
              collisionPadding={8}
              className="float-positioner"
            >
              <Base.Popup className="menu menu-anchored">
                <Base.List>
                  {options.map((option) => (
                    <Base.Item
                      key={option.value}
                      value={option.value}
                      className="menu-item"
                      disabled={(option.disabledReason ?? null) !== null}
                    >
                      <span className="menu-check">
                        <Base.ItemIndicator>
                          <Check className="icon-s" aria-hidden />
                        </Base.ItemIndicator>
                      </span>
                      {option.icon !== undefined && (
                        <option.icon className={cx("icon-s", option.iconClass)} aria-hidden />
                      )}
                      <span className="grow">
                        <Base.ItemText>{option.label}</Base.ItemText>
                        {option.hint !== undefined && <small className="menu-reason">{option.hint}</small>}
                        {(option.disabledReason ?? null) !== null && (
                          <small className="menu-reason">{option.disabledReason}</small>
                        )}
                      </span>
                    </Base.Item>
                  ))}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      )}
    </Field>
  );
}
