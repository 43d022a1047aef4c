import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { Period } from "../bindings/contract";
import { rootRoute } from "./root";

const PERIODS: ReadonlyArray<Period> = ["day", "week", "month"];

export const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/dashboard",
  validateSearch: (raw: Record<string, unknown>): { period?: Period } => {
    const period = PERIODS.find((each) => each === raw.period);
    return period === undefined ? {} : { period };
  },
  component: lazyRouteComponent(() => import("../features/dashboard/DashboardPage"), "DashboardPage"),
});
