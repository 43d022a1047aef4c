const agent = navigator.userAgent;

export const isMac = /Mac OS X/.test(agent);
export const isLinux = /Linux/.test(agent) && !/Android/.test(agent);

/** How a shortcut is written here: `Ctrl K`, `⌘ K`. */
const NAMES: Readonly<Record<string, string>> = isMac
  ? { Mod: "\u2318", Alt: "\u2325", Shift: "\u21E7", Enter: "\u21A9" }
  : { Mod: "Ctrl", Alt: "Alt", Shift: "Shift", Enter: "\u21B5" };

/** The keys of `Mod+K`, as they are printed on this keyboard. */
export function keyNames(shortcut: string): Array<string> {
  // A plus sign parts the keys, and is itself the last one of "Mod++".
  const keys = shortcut.endsWith("++") ? [...shortcut.slice(0, -2).split("+"), "+"] : shortcut.split("+");
  return keys.map((key) => NAMES[key] ?? key);
}
