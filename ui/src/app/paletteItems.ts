import { ArrowRightLeft, Building2, type LucideIcon, ReceiptText, Server, Ticket, User } from "lucide-react";
import type { PaletteHit, PaletteHitKind } from "../bindings/contract";
import { readStoredJson, writeStoredJson } from "../lib/storage";

/** One line of the palette: a command of the program, or something found in the database. */
export type PaletteItem = {
  id: string;
  title: string;
  subtitle: string;
  icon: LucideIcon;
  shortcut?: string;
  /** Other words by which it is found. */
  words?: string;
  run: () => void;
};

export type PaletteGroup = { value: string; items: ReadonlyArray<PaletteItem> };

export const HIT_KIND: Readonly<Record<PaletteHitKind, { title: string; icon: LucideIcon }>> = {
  organization: { title: "Organizations", icon: Building2 },
  ticket: { title: "Tickets", icon: Ticket },
  server: { title: "Servers", icon: Server },
  user: { title: "Users", icon: User },
  invoice: { title: "Invoices", icon: ReceiptText },
  transaction: { title: "Transactions", icon: ArrowRightLeft },
};

/** How well a text answers a query: 0 is not at all. Beginnings beat words' beginnings, these beat letters in order. */
export function rank(text: string, query: string): number {
  const wanted = query.trim().toLowerCase();
  const found = text.toLowerCase();
  if (wanted === "") return 1;
  if (found.startsWith(wanted)) return 4;
  if (found.includes(` ${wanted}`)) return 3;
  if (found.includes(wanted)) return 2;
  let from = 0;
  for (const letter of wanted) {
    from = found.indexOf(letter, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}

/** The commands that answer a query, best first. */
export function rankItems(items: ReadonlyArray<PaletteItem>, query: string): Array<PaletteItem> {
  return items
    .map((item) => ({ item, score: Math.max(rank(item.title, query), rank(item.words ?? "", query) > 1 ? 2 : 0) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

const RECENT_MAX = 6;

function isHit(value: unknown): value is PaletteHit {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    typeof value.kind === "string" &&
    Object.hasOwn(HIT_KIND, value.kind) &&
    "id" in value &&
    typeof value.id === "number" &&
    "title" in value &&
    typeof value.title === "string" &&
    "subtitle" in value &&
    typeof value.subtitle === "string"
  );
}

/** What this person opened last through the palette, per connection: `owner` names both. */
export function readRecent(owner: string): Array<PaletteHit> {
  const stored = readStoredJson(`recent.${owner}`);
  return Array.isArray(stored) ? stored.filter(isHit).slice(0, RECENT_MAX) : [];
}

export function rememberRecent(owner: string, hit: PaletteHit): void {
  const others = readRecent(owner).filter((each) => each.kind !== hit.kind || each.id !== hit.id);
  writeStoredJson(`recent.${owner}`, [hit, ...others].slice(0, RECENT_MAX));
}
