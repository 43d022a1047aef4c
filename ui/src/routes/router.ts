import { createRouter } from "@tanstack/react-router";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { organizationRoute, organizationsRoute } from "./organizations";
import { providersRoute } from "./providers";
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
  providersRoute,
  transactionsRoute,
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
