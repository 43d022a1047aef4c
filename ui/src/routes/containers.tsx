import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { withPage } from "./pages";
import { rootRoute } from "./root";

const ContainersPage = lazyRouteComponent(() => import("../features/containers/ContainersPage"), "ContainersPage");

export const containersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/containers",
  validateSearch: validateListSearch,
  component: withPage(ContainersPage, () => <ContainersPage renderAssignment={renderAssignment} />),
});
