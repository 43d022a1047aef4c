import { Switch as Base } from "@base-ui/react/switch";
import { type ReactNode, useId } from "react";

type SwitchProps = { label: string; help?: ReactNode; checked: boolean; onChange: (checked: boolean) => void };

export function Switch({ label, help, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-row">
      <div className="grow">
        <label htmlFor={id} className="medium">
          {label}
        </label>
        {help !== undefined && (
          <p id={`${id}-help`} className="field-help">
            {help}
          </p>
        )}
      </div>
      <Base.Root
        id={id}
        className="switch"
        checked={checked}
        onCheckedChange={onChange}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
      >
        <Base.Thumb className="switch-thumb" />
      </Base.Root>
    </div>
  );
}
