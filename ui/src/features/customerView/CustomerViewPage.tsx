import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronRight, EyeOff } from "lucide-react";
import type { ViewPart } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useSeeAsReason } from "../../ipc/session";
import { useViewing } from "../../ipc/viewing";
import { asked } from "../../lib/asked";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { PageHeader } from "../../ui/PageHeader";
import { Segmented } from "../../ui/Segmented";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/Text";
import { ViewPartPanel } from "./ViewPartPanel";
import { PARTS } from "./viewSearch";
import "./customerView.css";

const OPTIONS = (Object.keys(PARTS) as ReadonlyArray<ViewPart>).map((value) => ({ value, label: PARTS[value] }));

/** What the organization's people see, part by part, under their own rules. */
export function CustomerViewPage() {
  const { id } = useParams({ from: "/organizations/$id/as-customer" });
  const search = useSearch({ from: "/organizations/$id/as-customer" });
  const navigate = useNavigate();
  const viewing = useViewing();
  const looked = useRead("customer_view.state", {});
  const reason = useSeeAsReason();
  const part = search.part ?? "overview";

  if (looked.data === undefined) {
    return (
      <>
        <PageHeader title="As customer" crumbs={<Crumbs id={id} name={null} />} />
        <Skeleton lines={6} />
      </>
    );
  }
  if (viewing === null || viewing.organization_id !== id) {
    return (
      <>
        <PageHeader title="As customer" crumbs={<Crumbs id={id} name={null} />} />
        <EmptyState
          icon={EyeOff}
          title={viewing === null ? "You are not looking as this customer" : `You look as ${viewing.organization}`}
          action={
            <Button
              variant="primary"
              disabledReason={reason}
              onClick={() =>
                asked.set({
                  dialog: "see_as",
                  organization: { id, name: `organization ${id}` },
                  ticketNumber: null,
                })
              }
            >
              See as customer…
            </Button>
          }
        >
          A view lasts 30 minutes and is opened with a reason, which the log keeps.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="As customer"
        crumbs={<Crumbs id={id} name={viewing.organization} />}
        note={
          <>
            Since <Time at={viewing.since} style="detail" />: {viewing.reason}
            {viewing.ticket_number === null ? "" : ` (${viewing.ticket_number})`}
          </>
        }
      />
      <div className="view-parts">
        <Segmented
          label="Part of the view"
          value={part}
          options={OPTIONS}
          onChange={(next) =>
            void navigate({
              to: "/organizations/$id/as-customer",
              params: { id },
              search: { part: next },
              replace: true,
            })
          }
        />
      </div>
      <section className="page-body selectable" aria-label={PARTS[part]}>
        <ViewPartPanel
          key={part}
          part={part}
          ticket={search.ticket ?? null}
          onTicket={(ticket) =>
            void navigate({
              to: "/organizations/$id/as-customer",
              params: { id },
              search: ticket === null ? { part: "tickets" } : { part: "tickets", ticket },
            })
          }
        />
      </section>
    </>
  );
}

function Crumbs({ id, name }: { readonly id: number; readonly name: string | null }) {
  return (
    <>
      <Link to="/organizations">Organizations</Link>
      <ChevronRight className="icon-xs" aria-hidden />
      <Link to="/organizations/$id" params={{ id }}>
        {name ?? `Organization ${id}`}
      </Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}
