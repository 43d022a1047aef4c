import { useState } from "react";
import type { Viewed, ViewPart } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { formatClock } from "../../lib/format";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { ViewedOverviewPanel } from "./ViewedOverviewPanel";
import { ViewedTable } from "./ViewedTable";
import { ViewedThreadPanel } from "./ViewedThreadPanel";

/** As many rows as an answer has; less is the end. */
const WINDOW = 100;

type ViewPartPanelProps = {
  readonly part: ViewPart;
  readonly ticket: number | null;
  readonly onTicket: (ticket: number | null) => void;
};

export function ViewPartPanel({ part, ticket, onTicket }: ViewPartPanelProps) {
  // Where the windows before this one began, so that a person can go back.
  const [before, setBefore] = useState<ReadonlyArray<number>>([]);
  const { profile } = useSession();
  const read = useRead("customer_view.get", { part, before: before.at(-1) ?? null }, { keepPrevious: true });
  const whole = useRead("customer_view.get", { part: "overview", before: null }).data;
  const currency = whole?.part === "overview" ? whole.overview.currency : null;
  const viewed: Viewed | undefined = read.data;
  if (viewed === undefined || viewed.part !== part) {
    return read.error === null ? (
      <Skeleton lines={8} />
    ) : (
      <ErrorBlock
        title="This could not be read as the customer"
        error={read.error.error}
        onRetry={() => void read.refetch()}
        retrying={read.isFetching}
      />
    );
  }
  const rows = viewed.part === "overview" ? [] : viewed.rows;
  const last = rows.at(-1)?.id;
  const more = part !== "plans" && rows.length >= WINDOW && last !== undefined;
  return (
    <>
      {read.error === null ? null : (
        <p className="notice notice-danger" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
      {viewed.part === "overview" ? (
        <ViewedOverviewPanel overview={viewed.overview} />
      ) : part === "tickets" && ticket !== null ? (
        <ViewedThreadPanel ticket={ticket} business={profile.name} onBack={() => onTicket(null)} />
      ) : (
        <ViewedTable viewed={viewed} currency={currency} onTicket={onTicket} />
      )}
      {(more || before.length > 0) && ticket === null && (
        <div className="view-more">
          <Button
            size="sm"
            disabledReason={before.length === 0 ? "These are the newest." : null}
            onClick={() => setBefore(before.slice(0, -1))}
          >
            Newer
          </Button>
          <Button
            size="sm"
            disabledReason={more ? null : "There is nothing older."}
            onClick={() => {
              if (last !== undefined) setBefore([...before, last]);
            }}
          >
            Older
          </Button>
        </div>
      )}
    </>
  );
}
