import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { ID_PARAMS, withPage } from "./pages";
import { rootRoute } from "./root";

const ContainersPage = lazyRouteComponent(() => import("../features/containers/ContainersPage"), "ContainersPage");

export const containersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/containers",
  validateSearch: validateListSearch,
  component: withPage(ContainersPage, () => <ContainersPage renderAssignment={renderAssignment} />),
});

const ContainerPage = lazyRouteComponent(() => import("../features/containers/ContainerPage"), "ContainerPage");

export const containerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/containers/$id",
  validateSearch: validateListSearch,
  params: ID_PARAMS,
  component: withPage(ContainerPage, function ContainerRoutePage() {
    const { id } = containerRoute.useParams();
    return <ContainerPage key={id} id={id} />;
  }),
});
