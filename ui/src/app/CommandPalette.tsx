import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { PaletteHit } from "../bindings/contract";
import { useRead } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { Kbd } from "../ui/Kbd";
import { HIT_KIND, type PaletteGroup, type PaletteItem, rankItems, readRecent, rememberRecent } from "./paletteItems";
import { shellState, useShellState } from "./shellState";
import { useOpenHit, usePaletteCommands } from "./usePaletteCommands";

const QUERY_CHARS_MAX = 200;
const COMMANDS_MAX = 8;

export function CommandPalette({ onToggleSidebar }: { onToggleSidebar: () => void }) {
  const { paletteOpen } = useShellState();
  const close = (): void => shellState.set({ paletteOpen: false });
  return (
    <Dialog.Root open={paletteOpen} onOpenChange={(open) => shellState.set({ paletteOpen: open })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Viewport className="dialog-viewport">
          <Dialog.Popup className="dialog palette" aria-label="Search or run a command">
            <Palette onToggleSidebar={onToggleSidebar} onDone={close} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Palette({ onToggleSidebar, onDone }: { onToggleSidebar: () => void; onDone: () => void }) {
  const { profile, session } = useSession();
  const owner = `${profile.id}.${session.user_id}`;
  const [query, setQuery] = useState("");
  const [recent] = useState(() => readRecent(owner));
  const openHit = useOpenHit();
  const { places, actions } = usePaletteCommands(onToggleSidebar);
  const asked = useDeferredValue(query.trim().slice(0, QUERY_CHARS_MAX));
  const search = useRead("palette.search", { query: asked }, { enabled: asked !== "", keepPrevious: true });

  function fromHit(hit: PaletteHit): PaletteItem {
    return {
      id: `${hit.kind}-${hit.id}`,
      title: hit.title,
      subtitle: hit.subtitle,
      icon: HIT_KIND[hit.kind].icon,
      run: () => {
        rememberRecent(owner, hit);
        openHit(hit);
      },
    };
  }

  const groups = groupItems(
    asked,
    { places, actions, recent, hits: asked === "" ? [] : (search.data?.hits ?? []) },
    fromHit,
  );
  const status =
    search.error !== null && asked !== "" ? search.error.message : search.isFetching ? "Searching\u2026" : "";

  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      filter={null}
      autoHighlight="always"
      keepHighlight
      items={groups}
      value={query}
      onValueChange={(value, details) => {
        // Choosing an item would write its name into the field.
        if (details.reason === "input-change" || details.reason === "input-clear") setQuery(value);
      }}
      itemToStringValue={(item: PaletteItem) => item.title}
    >
      <div className="palette-field">
        <Search aria-hidden />
        <Autocomplete.Input
          aria-label="Search or run a command"
          placeholder="Search or run a command"
          maxLength={QUERY_CHARS_MAX}
        />
        <Kbd keys="Esc" />
      </div>
      <Dialog.Title className="sr-only">Search or run a command</Dialog.Title>
      <Autocomplete.Empty className="palette-empty">
        {search.isFetching ? null : `Nothing found for "${asked}". Search by name, ID, e-mail or IP address.`}
      </Autocomplete.Empty>
      <Autocomplete.List className="palette-list">
        {(group: PaletteGroup) => (
          <Autocomplete.Group key={group.value} items={group.items} className="palette-group">
            <Autocomplete.GroupLabel className="menu-label">{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(item: PaletteItem) => (
                <Autocomplete.Item
                  key={item.id}
                  value={item}
                  className="menu-item"
                  onClick={() => {
                    onDone();
                    item.run();
                  }}
                >
                  <item.icon className="icon-s" aria-hidden />
                  <span className="truncate">{item.title}</span>
                  <span className="grow truncate small muted">{item.subtitle}</span>
                  {item.shortcut !== undefined && <Kbd keys={item.shortcut} />}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <Autocomplete.Status className="palette-status">{status}</Autocomplete.Status>
    </Autocomplete.Root>
  );
}

type Found = {
  places: ReadonlyArray<PaletteItem>;
  actions: ReadonlyArray<PaletteItem>;
  recent: ReadonlyArray<PaletteHit>;
  hits: ReadonlyArray<PaletteHit>;
};

/** Recent things and all commands while nothing is asked; then what was found, and the commands that answer. */
function groupItems(query: string, found: Found, fromHit: (hit: PaletteHit) => PaletteItem): Array<PaletteGroup> {
  const groups: Array<PaletteGroup> = [];
  const add = (value: string, items: ReadonlyArray<PaletteItem>): void => {
    if (items.length > 0) groups.push({ value, items });
  };
  if (query === "") add("Recent", found.recent.map(fromHit));
  const places = rankItems(found.places, query);
  const actions = rankItems(found.actions, query);
  add("Go to", query === "" ? places : places.slice(0, COMMANDS_MAX));
  if (query === "") add("Actions", actions);
  for (const kind of Object.keys(HIT_KIND) as Array<keyof typeof HIT_KIND>) {
    add(HIT_KIND[kind].title, found.hits.filter((hit) => hit.kind === kind).map(fromHit));
  }
  if (query !== "") add("Actions", actions.slice(0, COMMANDS_MAX));
  return groups;
}
