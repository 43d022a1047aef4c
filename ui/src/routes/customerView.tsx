import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateViewSearch } from "../features/customerView/viewSearch";
import { ID_PARAMS } from "./pages";
import { rootRoute } from "./root";

export const customerViewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations/$id/as-customer",
  validateSearch: validateViewSearch,
  params: ID_PARAMS,
  component: lazyRouteComponent(() => import("../features/customerView/CustomerViewPage"), "CustomerViewPage"),
});
