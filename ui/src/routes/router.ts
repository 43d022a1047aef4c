import { createRouter } from "@tanstack/react-router";
import { customerViewRoute } from "./customerView";
import { desksRoute } from "./desks";
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
  customerViewRoute,
  usersRoute,
  serversRoute,
  transactionsRoute,
  desksRoute,
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
