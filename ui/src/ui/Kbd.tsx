import { CornerDownLeft } from "lucide-react";
import { keyNames } from "../lib/platform";

/** A shortcut such as `Mod+K`, as it is printed on this computer's keys. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd>
      {keyNames(keys).map((key, index) => (
        <span key={key}>
          {index > 0 && " "}
          {key === "\u21B5" || key === "\u21A9" ? <CornerDownLeft className="icon-xs" aria-label="Enter" /> : key}
        </span>
      ))}
    </kbd>
  );
}
