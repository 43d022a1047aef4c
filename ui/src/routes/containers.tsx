import { createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { validateListSearch } from "../table/listSearch";
import { renderAssignment } from "./assignment";
import { rootRoute } from "./root";

const ContainersPage = lazy(async () => ({
  default: (await import("../features/containers/ContainersPage")).ContainersPage,
}));

export const containersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/containers",
  validateSearch: validateListSearch,
  component: () => <ContainersPage renderAssignment={renderAssignment} />,
});
