import { createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { lazy } from "react";
import { validateListSearch } from "../table/listSearch";
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

const RunPage = lazy(async () => ({ default: (await import("../features/billing/RunPage")).RunPage }));

export const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/billing/$id",
  validateSearch: validateListSearch,
  params: {
    parse: (raw) => {
      const id = Number(raw.id);
      if (!Number.isSafeInteger(id) || id <= 0) throw notFound();
      return { id };
    },
    stringify: (params) => ({ id: String(params.id) }),
  },
  component: function RunRoutePage() {
    const { id } = runRoute.useParams();
    return <RunPage key={id} id={id} />;
  },
});
