import { Menu as Base } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import { Fragment, type ReactElement } from "react";
import { cx } from "../lib/cx";
import { Kbd } from "./Kbd";

export type MenuEntry =
  | {
      kind: "item";
      label: string;
      icon?: LucideIcon;
      iconClass?: string;
      shortcut?: string;
      danger?: boolean;
      /** Set on one of a choice: shows a check mark. */
      checked?: boolean;
      /** Why it can't be chosen now. */
      disabledReason?: string | null;
      onSelect: () => void;
    }
  | { kind: "label"; label: string }
  | { kind: "separator" };

export type MenuProps = {
  trigger: ReactElement<Record<string, unknown>>;
  entries: ReadonlyArray<MenuEntry>;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};

export function Menu({ trigger, entries, align = "start", side = "bottom", ...rest }: MenuProps) {
  return (
    <Base.Root
      {...(rest.open === undefined ? {} : { open: rest.open })}
      onOpenChange={(next) => rest.onOpenChange?.(next)}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="float-positioner">
          <Base.Popup className="menu">
            <MenuEntries entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The rows of a menu; also inside a context menu's popup, which is built of the same parts. */
export function MenuEntries({ entries }: { entries: ReadonlyArray<MenuEntry> }) {
  const anyChecked = entries.some((entry) => entry.kind === "item" && entry.checked !== undefined);
  return entries.map((entry, index) => {
    // Menus are written out by position and never reordered while open.
    const key = `${entry.kind}-${index}`;
    if (entry.kind === "separator") return <Base.Separator key={key} className="menu-separator" />;
    if (entry.kind === "label") {
      return (
        <div key={key} className="menu-label">
          {entry.label}
        </div>
      );
    }
    const Icon = entry.icon;
    const reason = entry.disabledReason ?? null;
    return (
      <Base.Item
        key={key}
        className={cx("menu-item", entry.danger === true && "menu-item-danger")}
        disabled={reason !== null}
        label={entry.label}
        onClick={entry.onSelect}
      >
        {anyChecked && <span className="menu-check">{entry.checked === true && <Check className="icon-s" />}</span>}
        {Icon !== undefined && <Icon className={cx("icon-s", entry.iconClass)} aria-hidden />}
        <span className="grow">
          {entry.label}
          {entry.checked === true && <span className="sr-only"> (current)</span>}
          {reason !== null && <small className="menu-reason">{reason}</small>}
        </span>
        {entry.shortcut === undefined ? <Fragment /> : <Kbd keys={entry.shortcut} />}
      </Base.Item>
    );
  });
}
