import { createRouter } from "@tanstack/react-router";
import { billingRoute, parkedRoute, runRoute } from "./billing";
import { containersRoute } from "./containers";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { notificationsRoute } from "./notifications";
import { invoiceRoute, invoicesRoute } from "./invoices";
import { organizationRoute, organizationsRoute } from "./organizations";
import { plansRoute } from "./plans";
import { rootRoute } from "./root";
import { serversRoute } from "./servers";
import { settingsRoute } from "./settings";
import { ticketsRoute } from "./tickets";
import { transactionsRoute } from "./transactions";
import { usersRoute } from "./users";

const routeTree = rootRoute.addChildren([
  homeRoute,
  ticketsRoute,
  notificationsRoute,
  organizationsRoute,
  organizationRoute,
  usersRoute,
  serversRoute,
  containersRoute,
  plansRoute,
  transactionsRoute,
  billingRoute,
  parkedRoute,
  runRoute,
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
