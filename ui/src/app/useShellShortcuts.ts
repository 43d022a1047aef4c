import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { tinykeys } from "tinykeys";
import { setZoom } from "../ipc/desktop";
import { inDialog, isTyping } from "../lib/keys";
import { isMac } from "../lib/platform";
import { readStored, writeStored } from "../lib/storage";
import { showToast } from "../ui/Toast";
import { setBuiltInTheme } from "./appearance";
import { NAVIGATION } from "./navigation";
import { shellState } from "./shellState";

const ZOOM_MIN = 0.5;
const ZOOM_MAX = 2;
const ZOOM_STEP = 0.1;

function storedZoom(): number {
  const zoom = Number(readStored("zoom") ?? "1");
  return zoom >= ZOOM_MIN && zoom <= ZOOM_MAX ? zoom : 1;
}

/** Changes the zoom by a step, or back to 100 % with 0. In a browser the browser does it. */
function zoomBy(event: KeyboardEvent, step: number): void {
  const next = step === 0 ? 1 : Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, Math.round((storedZoom() + step) * 10) / 10));
  if (!setZoom(next)) return;
  event.preventDefault();
  writeStored("zoom", String(next));
}

export function restoreBuiltInTheme(): void {
  setBuiltInTheme(true);
  showToast({
    title: "Built-in theme restored on this desk",
    action: { label: "Undo", onSelect: () => setBuiltInTheme(false) },
  });
}

type ShortcutOptions = { toggleSidebar: () => void; singleKeys: boolean };

export function useShellShortcuts({ toggleSidebar, singleKeys }: ShortcutOptions): void {
  const navigate = useNavigate();
  const { history } = useRouter();
  const onToggleSidebar = useEffectEvent(toggleSidebar);
  const onGo = useEffectEvent((to: (typeof NAVIGATION)[number]["entries"][number]["to"]) => void navigate({ to }));

  useEffect(() => {
    setZoom(storedZoom());
    const does = (action: () => void) => (event: KeyboardEvent) => {
      event.preventDefault();
      action();
    };
    return tinykeys(window, {
      "$mod+k": does(() => shellState.set({ paletteOpen: !shellState.read().paletteOpen })),
      "$mod+b": does(() => onToggleSidebar()),
      "$mod+,": does(() => onGo("/settings")),
      F10: does(() => shellState.set({ menuOpen: true })),
      "$mod+Alt+Digit0": does(restoreBuiltInTheme),
      "$mod+=": (event) => zoomBy(event, ZOOM_STEP),
      "$mod+Shift++": (event) => zoomBy(event, ZOOM_STEP),
      "$mod++": (event) => zoomBy(event, ZOOM_STEP),
      "$mod+-": (event) => zoomBy(event, -ZOOM_STEP),
      "$mod+0": (event) => zoomBy(event, 0),
      ...(isMac
        ? { "Meta+[": does(() => history.back()), "Meta+]": does(() => history.forward()) }
        : { "Alt+ArrowLeft": does(() => history.back()), "Alt+ArrowRight": does(() => history.forward()) }),
    });
  }, [history]);

  useEffect(() => {
    if (!singleKeys) return undefined;
    const quiet = (action: () => void) => (event: KeyboardEvent) => {
      if (isTyping(event) || inDialog()) return;
      event.preventDefault();
      action();
    };
    const places = NAVIGATION.flatMap((group) => group.entries).map(
      (entry) => [`g ${entry.key}`, quiet(() => onGo(entry.to))] as const,
    );
    return tinykeys(window, {
      // With and without Shift: where the question mark is depends on the keyboard.
      "Shift+?": quiet(() => shellState.set({ shortcutsOpen: true })),
      "?": quiet(() => shellState.set({ shortcutsOpen: true })),
      ...Object.fromEntries(places),
    });
  }, [singleKeys]);
}
