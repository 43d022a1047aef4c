import { useNavigate } from "@tanstack/react-router";
import {
  Keyboard,
  KeyRound,
  LogOut,
  Monitor,
  Moon,
  Palette,
  PanelLeft,
  Play,
  Plug,
  ShieldCheck,
  SquarePen,
  Sun,
} from "lucide-react";
import type { PaletteHit, Preferences } from "../bindings/contract";
import { usePreferences } from "../ipc/preferences";
import { useWrite } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { onlyRow } from "../table/linkSearch";
import { ENVIRONMENT } from "../ui/status";
import { setBuiltInTheme, usesBuiltInTheme } from "./appearance";
import { NAVIGATION } from "./navigation";
import type { PaletteItem } from "./paletteItems";
import { shellState } from "./shellState";
import { restoreBuiltInTheme } from "./useShellShortcuts";

const SCHEMES: ReadonlyArray<[Preferences["color_scheme"], string, typeof Sun]> = [
  ["light", "Use light colours", Sun],
  ["dark", "Use dark colours", Moon],
  ["system", "Use the system's colours", Monitor],
];

/** What the program itself can do from the palette. */
export function usePaletteCommands(toggleSidebar: () => void): {
  places: Array<PaletteItem>;
  actions: Array<PaletteItem>;
} {
  const navigate = useNavigate();
  const { profile, profiles, permissions } = useSession();
  const { preferences, change } = usePreferences();
  const connect = useWrite("app.connect");
  const signOut = useWrite("session.sign_out");
  const runBilling = useWrite("billing.run");
  const may = (area: string | null, what: "read" | "write"): boolean =>
    area === null || permissions.find((each) => each.area === area)?.[what] !== false;

  const places = NAVIGATION.flatMap((group) => group.entries)
    .filter((entry) => may(entry.area, "read"))
    .map(
      (entry): PaletteItem => ({
        id: entry.to,
        title: entry.label,
        subtitle: "",
        icon: entry.icon,
        words: `go to ${entry.label}`,
        ...(entry.to === "/settings" ? { shortcut: "Mod+," } : { shortcut: `G+${entry.key.toUpperCase()}` }),
        run: () => void navigate({ to: entry.to }),
      }),
    );

  const actions: Array<PaletteItem> = [
    {
      id: "toggle-sidebar",
      title: preferences.sidebar === "rail" ? "Show the full sidebar" : "Narrow the sidebar",
      subtitle: "",
      icon: PanelLeft,
      shortcut: "Mod+B",
      words: "toggle sidebar rail",
      run: toggleSidebar,
    },
    ...SCHEMES.filter(([scheme]) => scheme !== preferences.color_scheme).map(
      ([scheme, title, icon]): PaletteItem => ({
        id: `scheme-${scheme}`,
        title,
        subtitle: "",
        icon,
        words: "theme mode colors appearance",
        run: () => change({ color_scheme: scheme }),
      }),
    ),
    {
      id: "built-in-theme",
      title: usesBuiltInTheme() ? "Use the business's theme" : "Use the built-in theme",
      subtitle: "",
      icon: Palette,
      shortcut: "Mod+Alt+0",
      words: "restore colors",
      run: () => (usesBuiltInTheme() ? setBuiltInTheme(false) : restoreBuiltInTheme()),
    },
    {
      id: "shortcuts",
      title: "Keyboard shortcuts",
      subtitle: "",
      icon: Keyboard,
      shortcut: "?",
      words: "help keys",
      run: () => shellState.set({ shortcutsOpen: true }),
    },
    ...profiles
      .filter((each) => each.id !== profile.id)
      .map(
        (each): PaletteItem => ({
          id: `connect-${each.id}`,
          title: `Connect to ${each.name}`,
          subtitle: ENVIRONMENT[each.environment],
          icon: Plug,
          words: "switch profile connection",
          run: () => connect.mutate({ profile_id: each.id }),
        }),
      ),
    {
      id: "change-password",
      title: "Change password…",
      subtitle: "",
      icon: KeyRound,
      words: "account security",
      run: () => shellState.set({ account: "password" }),
    },
    {
      id: "second-factor",
      title: "Second factor…",
      subtitle: "",
      icon: ShieldCheck,
      words: "account security two factor totp authenticator recovery codes",
      run: () => shellState.set({ account: "second_factor" }),
    },
    {
      id: "sign-out",
      title: "Sign out",
      subtitle: "",
      icon: LogOut,
      words: "log out leave",
      run: () => signOut.mutate({}),
    },
  ];
  if (may("tickets", "write")) {
    actions.unshift({
      id: "new-ticket",
      title: "New ticket",
      subtitle: "",
      icon: SquarePen,
      shortcut: "C",
      words: "create ticket",
      run: () => void navigate({ to: "/tickets", search: (before) => ({ ...before, create: true }) }),
    });
  }
  if (may("usage", "write")) {
    actions.unshift({
      id: "run-billing",
      title: "Run billing now",
      subtitle: "",
      icon: Play,
      words: "charge usage run",
      // The page says how it goes, and why when it doesn't. By the promise: the palette, and its callbacks, are gone by then.
      run: () => {
        const open = () => void navigate({ to: "/billing" });
        void runBilling.mutateAsync({}).then(open, open);
      },
    });
  }
  return { places, actions };
}

/** Opens what was found, on the page that shows it. */
export function useOpenHit(): (hit: PaletteHit) => void {
  const navigate = useNavigate();
  return (hit) => {
    switch (hit.kind) {
      case "organization":
        void navigate({ to: "/organizations/$id", params: { id: hit.id } });
        break;
      case "ticket":
        void navigate({ to: "/tickets", search: (before) => ({ ...before, id: hit.id }) });
        break;
      case "user":
        void navigate({ to: "/users", search: onlyRow(hit.id) });
        break;
      case "server":
        void navigate({ to: "/servers/$id", params: { id: hit.id } });
        break;
      case "invoice":
        void navigate({ to: "/invoices/$id", params: { id: hit.id } });
        break;
      case "transaction":
        void navigate({ to: "/transactions", search: onlyRow(hit.id) });
        break;
    }
  };
}
