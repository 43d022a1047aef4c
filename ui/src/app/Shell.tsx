import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import { Suspense, useEffect } from "react";
import { useConnection } from "../ipc/connection";
import { setWindowTitle } from "../ipc/desktop";
import { usePreferences } from "../ipc/preferences";
import { useRead } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { useLiveUpdates } from "../ipc/useLiveUpdates";
import { setServerTime } from "../lib/clock";
import { cx } from "../lib/cx";
import { formatClock } from "../lib/format";
import { Button } from "../ui/Button";
import { Skeleton } from "../ui/Skeleton";
import { AppBar } from "./AppBar";
import { AccountDialogs } from "./account/AccountDialogs";
import { applyTheme } from "./appearance";
import { CommandPalette } from "./CommandPalette";
import { NAVIGATION } from "./navigation";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { Sidebar } from "./Sidebar";
import { StatusBar } from "./StatusBar";
import { shellState, useShellState } from "./shellState";
import { TrustBanner } from "./TrustBanner";
import { ClosingDialog } from "./tasks/ClosingDialog";
import { useTellTaskEnds } from "./tasks/useTellTaskEnds";
import { useKeepSession } from "./useKeepSession";
import { useShellShortcuts } from "./useShellShortcuts";
import { useUnsavedGuard } from "./useUnsavedGuard";
import { ViewingBanner } from "./ViewingBanner";

/** For the clock and the round trip; changes come by live updates. */
const SUMMARY_MS = 30_000;
/** While the connection is lost it is tried this often. */
const LOST_RETRY_MS = 3_000;
/** Below this width the sidebar is a drawer over the page. */
const DRAWER = "(max-width: 900px)";

export function Shell() {
  const { profile } = useSession();
  const client = useQueryClient();
  const connection = useConnection();
  const { preferences, change } = usePreferences();
  const { drawerOpen } = useShellState();
  const { pathname } = useLocation();
  const lost = connection.state === "lost";
  const summary = useRead("shell.summary", {}, { refetchMs: lost ? LOST_RETRY_MS : SUMMARY_MS });
  const theme = useRead("themes.active", {});
  useUnsavedGuard();

  useEffect(() => {
    applyTheme(theme.data ?? null);
    return () => applyTheme(null);
  }, [theme.data]);

  useEffect(() => {
    if (summary.data !== undefined) setServerTime(summary.data.server_time);
  }, [summary.data]);

  const place = NAVIGATION.flatMap((group) => group.entries).find((entry) => pathname.startsWith(entry.to))?.label;
  useEffect(() => {
    setWindowTitle(
      place === undefined ? `${profile.name} · ContainerStacks` : `${place} · ${profile.name} · ContainerStacks`,
    );
  }, [place, profile.name]);

  function toggleSidebar(): void {
    if (window.matchMedia(DRAWER).matches) shellState.set({ drawerOpen: !shellState.read().drawerOpen });
    else change({ sidebar: preferences.sidebar === "rail" ? "full" : "rail" });
  }

  function refresh(): void {
    void client.invalidateQueries();
  }

  useKeepSession();
  useLiveUpdates();
  useTellTaskEnds();
  useShellShortcuts({ toggleSidebar, singleKeys: preferences.single_key_shortcuts });

  const rail = preferences.sidebar === "rail" && !drawerOpen;
  return (
    <div className={cx("app", rail && "app-rail", drawerOpen && "app-drawer")}>
      <button type="button" className="skip-link" onClick={focusContent}>
        Skip to content
      </button>
      {drawerOpen && (
        <button
          type="button"
          className="drawer-scrim"
          aria-label="Close sidebar"
          onClick={() => shellState.set({ drawerOpen: false })}
        />
      )}
      <Sidebar rail={rail} summary={summary.data} onNavigate={() => shellState.set({ drawerOpen: false })} />
      <AppBar summary={summary.data} onToggleSidebar={toggleSidebar} />
      <main className="main" id="content" tabIndex={-1}>
        <ViewingBanner />
        {connection.state === "lost" && (
          <div className="lost-banner" role="status">
            <Unplug className="icon-s" aria-hidden />
            <span className="grow">
              The connection is lost. You see what was read at {formatClock(connection.since)}; nothing can be changed
              until it is back.
            </span>
            <Button size="sm" onClick={refresh}>
              Try again
            </Button>
          </div>
        )}
        <TrustBanner />
        <Suspense fallback={<Skeleton lines={6} />}>
          <Outlet />
        </Suspense>
      </main>
      <StatusBar summary={summary.data} onRefresh={refresh} />
      <CommandPalette onToggleSidebar={toggleSidebar} />
      <ClosingDialog />
      <AccountDialogs />
      <ShortcutsDialog singleKeys={preferences.single_key_shortcuts} />
    </div>
  );
}

function focusContent(): void {
  // The fragment is the router's, so the jump is made by hand.
  document.getElementById("content")?.focus();
}
