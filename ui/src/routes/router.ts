import { createRouter } from "@tanstack/react-router";
import { activityRoute } from "./activity";
import { apiKeysRoute } from "./apiKeys";
import { billingRoute, parkedRoute, runRoute } from "./billing";
import { containersRoute } from "./containers";
import { customerViewRoute } from "./customerView";
import { dashboardRoute } from "./dashboard";
import { desksRoute } from "./desks";
import { driftRoute } from "./drift";
import { createFragmentHistory } from "./history";
import { homeRoute } from "./home";
import { invoiceRoute, invoicesRoute } from "./invoices";
import { marginRoute } from "./margin";
import { notificationsRoute } from "./notifications";
import { organizationRoute, organizationsRoute } from "./organizations";
import { plansRoute } from "./plans";
import { providersRoute } from "./providers";
import { rootRoute } from "./root";
import { orderServerRoute, serverRoute, serversRoute } from "./servers";
import { settingsRoute } from "./settings";
import { themesRoute } from "./themes";
import { ticketsRoute } from "./tickets";
import { transactionsRoute } from "./transactions";
import { usersRoute } from "./users";

const routeTree = rootRoute.addChildren([
  homeRoute,
  dashboardRoute,
  ticketsRoute,
  notificationsRoute,
  organizationsRoute,
  organizationRoute,
  customerViewRoute,
  usersRoute,
  serversRoute,
  orderServerRoute,
  serverRoute,
  containersRoute,
  plansRoute,
  providersRoute,
  driftRoute,
  transactionsRoute,
  billingRoute,
  parkedRoute,
  runRoute,
  invoicesRoute,
  invoiceRoute,
  marginRoute,
  activityRoute,
  themesRoute,
  apiKeysRoute,
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
