import type { ActiveTheme, Preferences } from "../bindings/contract";
import { readStored, readStoredJson, writeStored, writeStoredJson } from "../lib/storage";

/** The tokens that a theme may set; statuses are the program's own. */
const THEMEABLE: ReadonlySet<string> = new Set([
  "background",
  "foreground",
  "card",
  "card-foreground",
  "popover",
  "popover-foreground",
  "primary",
  "primary-foreground",
  "secondary",
  "secondary-foreground",
  "muted",
  "muted-foreground",
  "accent",
  "accent-foreground",
  "destructive",
  "destructive-foreground",
  "border",
  "input",
  "ring",
  "link",
  "sidebar",
  "sidebar-foreground",
  "sidebar-accent",
  "sidebar-accent-foreground",
  "sidebar-border",
  "chart-1",
  "chart-2",
  "chart-3",
  "chart-4",
  "chart-5",
]);
const COLOR = /^#[0-9a-f]{6}$/;
const RADIUS_REM_MAX = 0.75;

/** What of a theme is shown. `id` null is the built-in one. */
type Shown = Pick<ActiveTheme, "light" | "dark" | "light_appearance" | "dark_appearance" | "radius_rem"> & {
  readonly id: number | null;
};

type Look = Pick<Preferences, "color_scheme" | "density" | "text_weight">;

const SCHEMES: ReadonlySet<unknown> = new Set(["system", "light", "dark"]);

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
let look: Look = rememberedLook();
let theme: ActiveTheme | null = null;
let preview: Shown | null = null;
let builtInOnly = readStored("theme.built-in") === "yes";

/** The last choice, so that the first frame already has it; the program's answer follows. */
function rememberedLook(): Look {
  const stored = readStoredJson("look");
  const scheme = typeof stored === "object" && stored !== null && "color_scheme" in stored ? stored.color_scheme : null;
  return {
    color_scheme: SCHEMES.has(scheme) ? (scheme as Look["color_scheme"]) : "system",
    density: "normal",
    text_weight: "auto",
  };
}

/** Null for the built-in colours, which the style sheets have. */
function shownTheme(): Omit<Shown, "id"> | null {
  if (preview !== null) return preview.id === null ? null : preview;
  return theme === null || theme.name === null || builtInOnly ? null : theme;
}

function apply(): void {
  const root = document.documentElement;
  const dark = look.color_scheme === "dark" || (look.color_scheme === "system" && systemDark.matches);
  root.dataset.density = look.density;
  root.dataset.textWeight = look.text_weight;
  root.classList.toggle("dark", dark);
  for (const token of THEMEABLE) root.style.removeProperty(`--${token}`);
  root.style.removeProperty("--radius");
  const shown = shownTheme();
  if (shown === null) return;
  // A business can give its dark mode a light background: statuses and the platform's controls follow what is seen.
  root.classList.toggle("dark", (dark ? shown.dark_appearance : shown.light_appearance) === "dark");
  for (const [token, color] of Object.entries(dark ? shown.dark : shown.light)) {
    if (THEMEABLE.has(token) && COLOR.test(color)) root.style.setProperty(`--${token}`, color);
  }
  const radius = Number.parseFloat(shown.radius_rem);
  if (radius >= 0 && radius <= RADIUS_REM_MAX) root.style.setProperty("--radius", `${radius}rem`);
}

systemDark.addEventListener("change", apply);
apply();

export function applyPreferences(next: Look): void {
  look = next;
  writeStoredJson("look", { color_scheme: next.color_scheme });
  apply();
}

/** The business's theme, already checked and repaired by the program; null where none is known (before sign-in). */
export function applyTheme(next: ActiveTheme | null): void {
  theme = next;
  apply();
}

/** Shows a theme on this desk for as long as somebody looks at it; null goes back to what was there. */
export function previewTheme(next: Shown | null): void {
  preview = next;
  apply();
}

/** Leaves the business's theme out on this desk, or takes it back: a theme must never be able to lock a person out. */
export function setBuiltInTheme(on: boolean): void {
  builtInOnly = on;
  if (on) preview = null;
  writeStored("theme.built-in", on ? "yes" : null);
  apply();
}

export function usesBuiltInTheme(): boolean {
  return builtInOnly;
}
