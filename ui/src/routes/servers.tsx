import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateServerSearch } from "../features/servers/serverSearch";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { ID_PARAMS, withPage } from "./pages";
import { rootRoute } from "./root";

const ServersPage = lazyRouteComponent(() => import("../features/servers/ServersPage"), "ServersPage");

export const serversRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers",
  validateSearch: validateListSearch,
  component: withPage(ServersPage, () => <ServersPage renderAssignment={renderAssignment} />),
});

const OrderPage = lazyRouteComponent(() => import("../features/servers/OrderPage"), "OrderPage");

export const orderServerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers/order",
  component: withPage(OrderPage, () => <OrderPage organization={null} />),
});

const ServerPage = lazyRouteComponent(() => import("../features/servers/ServerPage"), "ServerPage");

export const serverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers/$id",
  validateSearch: validateServerSearch,
  params: ID_PARAMS,
  component: withPage(ServerPage, function ServerRoutePage() {
    const { id } = serverRoute.useParams();
    const { tab = "overview" } = serverRoute.useSearch();
    const navigate = serverRoute.useNavigate();
    return (
      <ServerPage
        key={id}
        id={id}
        tab={tab}
        onTab={(next) => void navigate({ search: next === "overview" ? {} : { tab: next }, replace: true })}
        renderAssignment={renderAssignment}
      />
    );
  }),
});
