import { createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { validateViewSearch } from "../features/customerView/viewSearch";
import { rootRoute } from "./root";

export const customerViewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations/$id/as-customer",
  validateSearch: validateViewSearch,
  params: {
    parse: (raw) => {
      const id = Number(raw.id);
      if (!Number.isSafeInteger(id) || id <= 0) throw notFound();
      return { id };
    },
    stringify: (params) => ({ id: String(params.id) }),
  },
  component: lazyRouteComponent(() => import("../features/customerView/CustomerViewPage"), "CustomerViewPage"),
});
