import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const serversRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/servers/ServersPage"), "ServersPage"),
});
