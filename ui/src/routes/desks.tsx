import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

export const desksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/desks",
  component: lazyRouteComponent(() => import("../features/desks/DesksPage"), "DesksPage"),
});
