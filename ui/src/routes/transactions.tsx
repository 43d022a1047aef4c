import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const transactionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/transactions",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/transactions/TransactionsPage"), "TransactionsPage"),
});
