import { createRootRoute, Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Shell } from "../app/Shell";
import { EmptyState } from "../ui/EmptyState";
import { PageHeader } from "../ui/PageHeader";
import { PageCrash } from "./PageCrash";

export const rootRoute = createRootRoute({
  component: Shell,
  errorComponent: PageCrash,
  notFoundComponent: () => (
    <>
      <PageHeader title="Not found" />
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
    </>
  ),
});
