import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { withPage } from "./pages";
import { rootRoute } from "./root";

const ServersPage = lazyRouteComponent(() => import("../features/servers/ServersPage"), "ServersPage");

export const serversRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers",
  validateSearch: validateListSearch,
  component: withPage(ServersPage, () => <ServersPage renderAssignment={renderAssignment} />),
});
