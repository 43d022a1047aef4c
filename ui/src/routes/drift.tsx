import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { withPage } from "./pages";
import { rootRoute } from "./root";

const DriftPage = lazyRouteComponent(() => import("../features/drift/DriftPage"), "DriftPage");

export const driftRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/drift",
  validateSearch: validateListSearch,
  component: withPage(DriftPage, () => <DriftPage renderAssignment={renderAssignment} />),
});
