export type ServerTab = "overview" | "graphs" | "network" | "backups" | "timeline" | "activity";

const TABS: ReadonlyArray<string> = ["overview", "graphs", "network", "backups", "timeline", "activity"];

/** The tab in the address; anything else is the first. */
export function validateServerSearch(raw: Record<string, unknown>): { tab?: ServerTab } {
  const tab = raw.tab;
  return typeof tab === "string" && TABS.includes(tab) && tab !== "overview" ? { tab: tab as ServerTab } : {};
}
