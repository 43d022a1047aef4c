import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/Button";

type SidePanelProps = { readonly label: string; readonly onClose: () => void; readonly children: ReactNode };

/** A glance at a row beside the list. The focus stays in the list, so that the next row is one key away. */
export function SidePanel({ label, onClose, children }: SidePanelProps) {
  return (
    <aside className="side-panel" aria-label={`Details of ${label}`}>
      <header className="side-panel-head">
        <h2 className="grow truncate bold">{label}</h2>
        <IconButton icon={X} label="Close" shortcut="Esc" onClick={onClose} />
      </header>
      <div className="side-panel-body selectable">{children}</div>
    </aside>
  );
}
