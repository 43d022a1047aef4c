import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Kbd";
import { NAVIGATION } from "./navigation";
import { shellState, useShellState } from "./shellState";

type Shortcut = { keys: ReadonlyArray<string>; what: string };
type Section = { title: string; single: boolean; shortcuts: ReadonlyArray<Shortcut> };

const SECTIONS: ReadonlyArray<Section> = [
  {
    title: "Everywhere",
    single: false,
    shortcuts: [
      { keys: ["Mod+K"], what: "Search or run a command" },
      { keys: ["Mod+B"], what: "Sidebar: full or rail" },
      { keys: ["Alt+←", "Alt+→"], what: "Back, forward" },
      { keys: ["Mod+,"], what: "Settings" },
      { keys: ["F10"], what: "Menu" },
      { keys: ["Mod++", "Mod+-", "Mod+0"], what: "Larger, smaller, 100 %" },
      { keys: ["Mod+Alt+0"], what: "Built-in theme" },
    ],
  },
  {
    title: "Go to",
    single: true,
    shortcuts: NAVIGATION.flatMap((group) => group.entries).map((entry) => ({
      keys: ["G", entry.key.toUpperCase()],
      what: entry.label,
    })),
  },
  {
    title: "Lists",
    single: true,
    shortcuts: [
      { keys: ["J", "K"], what: "Next, previous row" },
      { keys: ["Enter"], what: "Open" },
      { keys: ["Space"], what: "Side panel" },
      { keys: ["X"], what: "Select" },
      { keys: ["Shift+X"], what: "Select up to here" },
      { keys: ["Mod+A"], what: "Select all that match" },
      { keys: ["/"], what: "Search the list" },
      { keys: ["Esc"], what: "Clear" },
    ],
  },
  {
    title: "Tickets",
    single: true,
    shortcuts: [
      { keys: ["R"], what: "Reply" },
      { keys: ["N"], what: "Internal note" },
      { keys: ["Mod+Enter"], what: "Send, or add the note" },
      { keys: ["E"], what: "Resolve" },
      { keys: ["A"], what: "Assign" },
      { keys: ["P"], what: "Priority" },
      { keys: ["]", "["], what: "Next, previous ticket" },
      { keys: ["C"], what: "New ticket" },
    ],
  },
];

export function ShortcutsDialog({ singleKeys }: { singleKeys: boolean }) {
  const { shortcutsOpen } = useShellState();
  return (
    <Dialog
      open={shortcutsOpen}
      onClose={() => shellState.set({ shortcutsOpen: false })}
      title="Keyboard shortcuts"
      width="wide"
    >
      {!singleKeys && (
        <p className="notice notice-info">
          Single-letter shortcuts are off. They are turned on in Settings, Appearance.
        </p>
      )}
      <div className="shortcut-columns">
        {SECTIONS.map((section) => (
          <section key={section.title}>
            <h3 className="shortcut-title">{section.title}</h3>
            <dl className="shortcut-list">
              {section.shortcuts.map((shortcut) => (
                <div key={shortcut.what}>
                  <dt>{shortcut.what}</dt>
                  <dd>
                    {shortcut.keys.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {singleKeys && <p className="small muted">Single letters work while no field has the focus.</p>}
    </Dialog>
  );
}
