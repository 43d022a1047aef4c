import { createRoute, Navigate } from "@tanstack/react-router";
import { useSession } from "../ipc/session";
import { rootRoute } from "./root";

/** Where a day begins: support with the inbox, everybody else with the sums. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: function Home() {
    const { session } = useSession();
    return <Navigate to={session.role === "support" ? "/tickets" : "/dashboard"} replace />;
  },
});
