import { createRootRoute, Link, useNavigate } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { lazy, Suspense } from "react";
import { flushSync } from "react-dom";
import { Shell } from "../app/Shell";
import { asked, useAsked } from "../lib/asked";
import { EmptyState } from "../ui/EmptyState";
import { PageHeader } from "../ui/PageHeader";
import { PageCrash } from "./PageCrash";

const SeeAsDialog = lazy(async () => ({ default: (await import("../features/customerView/SeeAsDialog")).SeeAsDialog }));
const WhoSeesDialog = lazy(async () => ({
  default: (await import("../features/visibility/WhoSeesDialog")).WhoSeesDialog,
}));

/** What any page may ask for. */
function AskedDialog() {
  const what = useAsked();
  const navigate = useNavigate();
  const close = () => asked.set(null);
  if (what === null) return null;
  return (
    <Suspense>
      {what.dialog === "who_sees" ? (
        <WhoSeesDialog kind={what.kind} id={what.id} title={what.title} onClose={close} />
      ) : (
        <SeeAsDialog
          organization={what.organization}
          ticketNumber={what.ticketNumber}
          onClose={close}
          onStarted={() => {
            const id = what.organization.id;
            // The form must be gone before its page is left, or it would ask about what has just been sent.
            flushSync(close);
            void navigate({ to: "/organizations/$id/as-customer", params: { id } });
          }}
        />
      )}
    </Suspense>
  );
}

export const rootRoute = createRootRoute({
  component: () => (
    <>
      <Shell />
      <AskedDialog />
    </>
  ),
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
