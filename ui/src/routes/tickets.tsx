import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateTicketSearch } from "../features/tickets/ticketSearch";
import { rootRoute } from "./root";

export const ticketsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tickets",
  validateSearch: validateTicketSearch,
  component: lazyRouteComponent(() => import("../features/tickets/TicketsPage"), "TicketsPage"),
});
