import { createRoute } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { validateTicketSearch } from "../features/tickets/ticketSearch";
import { rootRoute } from "./root";

const TicketsPage = lazy(async () => ({ default: (await import("../features/tickets/TicketsPage")).TicketsPage }));

const DepositDialog = lazy(async () => ({
  default: (await import("../features/transactions/DepositDialog")).DepositDialog,
}));

export const ticketsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tickets",
  validateSearch: validateTicketSearch,
  component: () => (
    <TicketsPage
      renderDeposit={(deposit) => (
        <Suspense>
          <DepositDialog {...deposit} />
        </Suspense>
      )}
    />
  ),
});
