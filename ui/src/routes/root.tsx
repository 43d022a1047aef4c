import { createRootRoute, Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Shell } from "../app/Shell";
import { EmptyState } from "../ui/EmptyState";
import { PageCrash } from "./PageCrash";

export const rootRoute = createRootRoute({
  component: Shell,
  errorComponent: PageCrash,
  notFoundComponent: () => (
    <EmptyState
      icon={Compass}
      title="There is no such page"
      action={
        <Link to="/tickets" className="btn">
          Open tickets
        </Link>
      }
    >
      The link may be of another version of the program.
    </EmptyState>
  ),
});
