import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { rootRoute } from "./root";

const ServersPage = lazy(async () => ({
  default: (await import("../features/servers/ServersPage")).ServersPage,
}));

export const serversRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/servers",
  validateSearch: validateListSearch,
  component: () => <ServersPage renderAssignment={renderAssignment} />,
});
