import { createRouter } from "@tanstack/react-router";
import { activityRoute } from "./activity";
import { dashboardRoute } from "./dashboard";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { organizationRoute, organizationsRoute } from "./organizations";
import { rootRoute } from "./root";
import { serversRoute } from "./servers";
import { settingsRoute } from "./settings";
import { themesRoute } from "./themes";
import { ticketsRoute } from "./tickets";
import { transactionsRoute } from "./transactions";
import { usersRoute } from "./users";

const routeTree = rootRoute.addChildren([
  homeRoute,
  dashboardRoute,
  ticketsRoute,
  organizationsRoute,
  organizationRoute,
  usersRoute,
  serversRoute,
  transactionsRoute,
  activityRoute,
  themesRoute,
  settingsRoute,
]);

export const router = createRouter({
  routeTree,
  history: createFragmentHistory(),
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
