import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const providersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/providers",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/providers/ProvidersPage"), "ProvidersPage"),
});
