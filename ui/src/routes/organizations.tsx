import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { validateListSearch } from "../table/listSearch";
import { ID_PARAMS, withPage } from "./pages";
import { rootRoute } from "./root";

export const organizationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/organizations/OrganizationsPage"), "OrganizationsPage"),
});

const OrganizationPage = lazyRouteComponent(
  () => import("../features/organizations/OrganizationPage"),
  "OrganizationPage",
);

const DepositDialog = lazy(async () => ({
  default: (await import("../features/transactions/DepositDialog")).DepositDialog,
}));

export const organizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/organizations/$id",
  validateSearch: validateListSearch,
  params: ID_PARAMS,
  component: withPage(OrganizationPage, function OrganizationRoutePage() {
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
  }),
});
