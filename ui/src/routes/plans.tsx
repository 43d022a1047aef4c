import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const plansRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/plans",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/plans/PlansPage"), "PlansPage"),
});
