import { CopyButton } from "./CopyButton";
import "./secret.css";

type SecretProps = { label: string; copyLabel: string; value: string };

/** Something that is shown once, with a way to take it along. */
export function Secret({ label, copyLabel, value }: SecretProps) {
  return (
    <div className="row secret-row">
      <output className="secret mono selectable grow" aria-label={label}>
        {value}
      </output>
      <CopyButton text={value} label={copyLabel} />
    </div>
  );
}
