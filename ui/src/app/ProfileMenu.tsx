import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Keyboard, KeyRound, LogOut, Monitor, Plug, Settings, ShieldCheck } from "lucide-react";
import { useWrite } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { BusinessMark } from "../ui/Mark";
import { Menu, type MenuEntry } from "../ui/Menu";
import { ENVIRONMENT } from "../ui/status";
import { shellState, useShellState } from "./shellState";

/** Where the program is connected to, on top of the sidebar; its menu is the program's own (F10). */
export function ProfileMenu({ rail }: { rail: boolean }) {
  const { profile, profiles, session } = useSession();
  const navigate = useNavigate();
  const connect = useWrite("app.connect");
  const signOut = useWrite("session.sign_out");
  const open = useShellState().menuOpen;
  const environment = ENVIRONMENT[profile.environment];
  const where = profile.kind === "local" ? "Private database" : profile.host;

  const entries: Array<MenuEntry> = [
    { kind: "label", label: "Connections" },
    ...profiles.map(
      (each): MenuEntry => ({
        kind: "item",
        label: `${each.name} (${ENVIRONMENT[each.environment]})`,
        checked: each.id === profile.id,
        onSelect: () => {
          if (each.id !== profile.id) connect.mutate({ profile_id: each.id });
        },
      }),
    ),
    {
      kind: "item",
      label: "Manage connections",
      icon: Plug,
      onSelect: () => void navigate({ to: "/settings", search: { tab: "connection" } }),
    },
    { kind: "separator" },
    {
      kind: "item",
      label: "Settings",
      icon: Settings,
      shortcut: "Mod+,",
      onSelect: () => void navigate({ to: "/settings" }),
    },
    {
      kind: "item",
      label: "Keyboard shortcuts",
      icon: Keyboard,
      shortcut: "?",
      onSelect: () => shellState.set({ shortcutsOpen: true }),
    },
    { kind: "separator" },
    { kind: "label", label: session.name },
    {
      kind: "item",
      label: "Change password…",
      icon: KeyRound,
      onSelect: () => shellState.set({ account: "password" }),
    },
    {
      kind: "item",
      label: "Second factor…",
      icon: ShieldCheck,
      onSelect: () => shellState.set({ account: "second_factor" }),
    },
    {
      kind: "item",
      label: "Sessions",
      icon: Monitor,
      onSelect: () => void navigate({ to: "/settings", search: { tab: "sessions" } }),
    },
    { kind: "item", label: "Sign out", icon: LogOut, onSelect: () => signOut.mutate({}) },
  ];

  return (
    <Menu
      entries={entries}
      open={open}
      onOpenChange={(menuOpen) => shellState.set({ menuOpen })}
      trigger={
        <button
          type="button"
          className="profile"
          aria-label={rail ? `Connection: ${profile.name}, ${environment}` : undefined}
        >
          <BusinessMark name={profile.name} environment={profile.environment} />
          {!rail && (
            <>
              <span className="sr-only">Connection: </span>
              <span className="grow">
                <b className="truncate">{profile.name}</b>
                <small className="truncate">
                  {environment} · {where}
                </small>
              </span>
              <ChevronsUpDown className="icon-s" aria-hidden />
            </>
          )}
        </button>
      }
    />
  );
}
