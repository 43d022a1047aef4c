import { createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const organizationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/organizations/OrganizationsPage"), "OrganizationsPage"),
});

const OrganizationPage = lazy(async () => ({
  default: (await import("../features/organizations/OrganizationPage")).OrganizationPage,
}));

const DepositDialog = lazy(async () => ({
  default: (await import("../features/transactions/DepositDialog")).DepositDialog,
}));

export const organizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations/$id",
  validateSearch: validateListSearch,
  params: {
    parse: (raw) => {
      const id = Number(raw.id);
      if (!Number.isSafeInteger(id) || id <= 0) throw notFound();
      return { id };
    },
    stringify: (params) => ({ id: String(params.id) }),
  },
  component: function OrganizationRoutePage() {
    const { id } = organizationRoute.useParams();
    return (
      <OrganizationPage
        key={id}
        id={id}
        renderDeposit={(deposit) => (
          <Suspense>
            <DepositDialog {...deposit} />
          </Suspense>
        )}
      />
    );
  },
});
