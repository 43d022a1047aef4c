import { Menu } from "@base-ui/react/menu";
import type { RowAction } from "./columns";

/** Where a menu hangs: at a pointer or at an element. */
export type MenuAnchor = { readonly getBoundingClientRect: () => DOMRect };

type RowMenuProps = {
  readonly label: string;
  readonly anchor: MenuAnchor | null;
  readonly actions: ReadonlyArray<RowAction>;
  readonly onClose: () => void;
  /** Where the focus goes back to. */
  readonly returnTo: () => HTMLElement | null;
};

/** One menu for the whole grid, opened by the row's button, the right mouse button, and the menu key. */
export function RowMenu({ label, anchor, actions, onClose, returnTo }: RowMenuProps) {
  return (
    <Menu.Root open={anchor !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Menu.Portal>
        <Menu.Positioner className="grid-menu-positioner" anchor={anchor} align="start" side="bottom" sideOffset={2}>
          <Menu.Popup className="grid-menu" aria-label={label} finalFocus={() => returnTo() ?? true}>
            {actions.map((action) => (
              <RowMenuItem key={action.name} action={action} />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function RowMenuItem({ action }: { readonly action: RowAction }) {
  const reason = action.reason ?? null;
  const reasonId = `row-action-${action.name}-reason`;
  return (
    <Menu.Item
      className="grid-menu-item"
      data-destructive={action.destructive === true || undefined}
      disabled={reason !== null}
      aria-describedby={reason === null ? undefined : reasonId}
      onClick={action.run}
    >
      <span className="grid-menu-label">
        {action.label}
        {reason === null ? null : (
          <small id={reasonId} className="grid-menu-reason">
            {reason}
          </small>
        )}
      </span>
      {action.shortcut === undefined ? null : <kbd aria-hidden="true">{action.shortcut}</kbd>}
    </Menu.Item>
  );
}
