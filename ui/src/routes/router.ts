import { createRouter } from "@tanstack/react-router";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { invoiceRoute, invoicesRoute } from "./invoices";
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
  invoicesRoute,
  invoiceRoute,
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
