import { Switch as Base } from "@base-ui/react/switch";
import { type ReactNode, useId } from "react";

type SwitchProps = {
  label: string;
  help?: ReactNode;
  checked: boolean;
  /** Why it can't be changed now: it stays focusable and says the reason. */
  disabledReason?: string | null;
  onChange: (checked: boolean) => void;
};

export function Switch({ label, help, checked, disabledReason = null, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-row">
      <div className="grow">
        <label htmlFor={id} className="medium">
          {label}
        </label>
        {(help !== undefined || disabledReason !== null) && (
          <p id={`${id}-help`} className="field-help">
            {help} {disabledReason}
          </p>
        )}
      </div>
      <Base.Root
        id={id}
        className="switch"
        checked={checked}
        onCheckedChange={onChange}
        readOnly={disabledReason !== null}
        aria-disabled={disabledReason !== null || undefined}
        aria-describedby={help === undefined && disabledReason === null ? undefined : `${id}-help`}
      >
        <Base.Thumb className="switch-thumb" />
      </Base.Root>
    </div>
  );
}
