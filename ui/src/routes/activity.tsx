import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const activityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/activity",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/activity/ActivityPage"), "ActivityPage"),
});
