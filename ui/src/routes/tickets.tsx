import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { validateTicketSearch } from "../features/tickets/ticketSearch";
import { withPage } from "./pages";
import { rootRoute } from "./root";

const TicketsPage = lazyRouteComponent(() => import("../features/tickets/TicketsPage"), "TicketsPage");

const DepositDialog = lazy(async () => ({
  default: (await import("../features/transactions/DepositDialog")).DepositDialog,
}));

export const ticketsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tickets",
  validateSearch: validateTicketSearch,
  component: withPage(TicketsPage, () => (
    <TicketsPage
      renderDeposit={(deposit) => (
        <Suspense>
          <DepositDialog {...deposit} />
        </Suspense>
      )}
    />
  )),
});
