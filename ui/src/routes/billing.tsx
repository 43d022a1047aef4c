import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { ID_PARAMS, withPage } from "./pages";
import { rootRoute } from "./root";

export const billingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/billing",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/billing/BillingPage"), "BillingPage"),
});

export const parkedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/billing/parked",
  component: lazyRouteComponent(() => import("../features/billing/ParkedPage"), "ParkedPage"),
});

const RunPage = lazyRouteComponent(() => import("../features/billing/RunPage"), "RunPage");

export const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/billing/$id",
  validateSearch: validateListSearch,
  params: ID_PARAMS,
  component: withPage(RunPage, function RunRoutePage() {
    const { id } = runRoute.useParams();
    return <RunPage key={id} id={id} />;
  }),
});
