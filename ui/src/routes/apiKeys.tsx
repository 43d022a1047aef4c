import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const apiKeysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/api-keys",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/apikeys/ApiKeysPage"), "ApiKeysPage"),
});
