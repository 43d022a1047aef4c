import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const notificationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/notifications",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/notifications/NotificationsPage"), "NotificationsPage"),
});
