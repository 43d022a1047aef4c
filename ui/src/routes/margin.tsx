import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { MarginSearch } from "../features/margin/MarginPage";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

const BY = ["plan", "organization", "server", "month"] as const;

function validateSearch(raw: Record<string, unknown>): MarginSearch {
  const by = BY.find((each) => each === raw.by);
  const month = typeof raw.month === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(raw.month) ? raw.month : undefined;
  return {
    ...validateListSearch(raw),
    ...(by === undefined ? {} : { by }),
    ...(month === undefined ? {} : { month }),
  };
}

export const marginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/margin",
  validateSearch,
  component: lazyRouteComponent(() => import("../features/margin/MarginPage"), "MarginPage"),
});
