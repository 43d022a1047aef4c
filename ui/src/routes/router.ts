import { createRouter } from "@tanstack/react-router";
import { apiKeysRoute } from "./apiKeys";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { organizationRoute, organizationsRoute } from "./organizations";
import { rootRoute } from "./root";
import { serversRoute } from "./servers";
import { settingsRoute } from "./settings";
import { ticketsRoute } from "./tickets";
import { transactionsRoute } from "./transactions";
import { usersRoute } from "./users";

const routeTree = rootRoute.addChildren([
  homeRoute,
  ticketsRoute,
  organizationsRoute,
  organizationRoute,
  usersRoute,
  serversRoute,
  transactionsRoute,
  apiKeysRoute,
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
