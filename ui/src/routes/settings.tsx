import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

export const SETTINGS_TABS = ["appearance", "connection", "business", "themes", "security", "sessions"] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (raw: Record<string, unknown>): { tab?: SettingsTab } => {
    const tab = SETTINGS_TABS.find((each) => each === raw.tab);
    return tab === undefined ? {} : { tab };
  },
  component: lazyRouteComponent(() => import("../app/settings/SettingsPage"), "SettingsPage"),
});
