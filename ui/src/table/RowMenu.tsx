import { Menu as Base } from "@base-ui/react/menu";
import { MenuEntries, type MenuEntry } from "../ui/Menu";

/** Where a menu hangs: at the pointer or at an element. */
export type MenuAnchor = { readonly getBoundingClientRect: () => DOMRect };

type RowMenuProps = {
  readonly label: string;
  readonly anchor: MenuAnchor | null;
  readonly entries: ReadonlyArray<MenuEntry>;
  readonly onClose: () => void;
  /** Where the focus goes back to. */
  readonly returnTo: () => HTMLElement | null;
};

/** One menu for the whole grid, opened by the row's button, the right mouse button, and the menu key. */
export function RowMenu({ label, anchor, entries, onClose, returnTo }: RowMenuProps) {
  return (
    <Base.Root
      open={anchor !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Positioner
          anchor={anchor}
          align="start"
          sideOffset={2}
          collisionPadding={8}
          className="float-positioner"
          // A second right click inside the menu is none on the row below.
          onContextMenu={(event) => event.preventDefault()}
        >
          <Base.Popup className="menu" aria-label={label} finalFocus={() => returnTo() ?? true}>
            <MenuEntries entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
