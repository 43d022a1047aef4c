import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

export const themesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/themes",
  component: lazyRouteComponent(() => import("../app/themes/ThemesPage"), "ThemesPage"),
});
