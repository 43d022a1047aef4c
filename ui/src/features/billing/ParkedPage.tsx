import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import type { ParkedRow } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatClock } from "../../lib/format";
import { onlyRow } from "../../table/linkSearch";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Badge } from "../../ui/StatusBadge";
import { Count, Money, Rate, Time, Unknown } from "../../ui/Text";
import { BillingFrame } from "./BillingFrame";
import { DecideDialog } from "./DecideDialog";
import { useDecideReason } from "./useRunBilling";
import { parkedWords } from "./words";

/** As the program answers: more than this is not shown. */
const SHOWN_MAX = 500;

/** What can't be charged yet, and what it waits for. */
export function ParkedPage() {
  const read = useRead("billing.parked", {});
  const [deciding, setDeciding] = useState<ParkedRow | null>(null);
  const rows = read.data?.parked;
  return (
    <BillingFrame tab="parked">
      <section className="page-body billing-parked" aria-label="Parked">
        {read.error !== null && rows !== undefined && (
          <p className="notice notice-danger" role="alert">
            {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
          </p>
        )}
        {rows === undefined ? (
          read.error === null ? (
            <Skeleton lines={6} />
          ) : (
            <ErrorBlock
              title="What waits could not be read"
              error={read.error.error}
              onRetry={() => void read.refetch()}
              retrying={read.isFetching}
            />
          )
        ) : rows.length === 0 ? (
          <EmptyState icon={CircleCheck} title="Nothing is parked">
            What a run can’t price, and what nobody has decided on, waits here with its hours while the run goes on.
          </EmptyState>
        ) : (
          <Queue rows={rows} onDecide={setDeciding} />
        )}
      </section>
      {deciding !== null && <DecideDialog row={deciding} onClose={() => setDeciding(null)} />}
    </BillingFrame>
  );
}

type QueueProps = { readonly rows: ReadonlyArray<ParkedRow>; readonly onDecide: (row: ParkedRow) => void };

function Queue({ rows, onDecide }: QueueProps) {
  return (
    <section className="panel parked-panel" aria-label="Resources that wait">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section className="parked-scroll selectable" aria-label="Rows" tabIndex={0}>
        <table className="table">
          <thead className="chrome">
            <tr>
              <th scope="col">Resource</th>
              <th scope="col">Organization</th>
              <th scope="col">Waits for</th>
              <th scope="col">Why</th>
              <th scope="col" className="right">
                Since
              </th>
              <th scope="col" className="right">
                Hours
              </th>
              <th scope="col" className="right">
                Rate
              </th>
              <th scope="col" className="right" title="The hours at the plan's rate now, before a monthly cap">
                At this rate
              </th>
              <th scope="col">
                <span className="sr-only">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Line key={row.id} row={row} onDecide={() => onDecide(row)} />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length >= SHOWN_MAX && (
        <p className="panel-empty muted">
          The {SHOWN_MAX} that have waited longest. The rest follows when these are done.
        </p>
      )}
    </section>
  );
}

/** Where a parked thing is looked at; a kind that another program wrote has no page here. */
function placeOf(kind: string) {
  if (kind === "vps") return { to: "/servers", noun: "Server" } as const;
  if (kind === "container") return { to: "/containers", noun: "Container" } as const;
  return null;
}

function Line({ row, onDecide }: { readonly row: ParkedRow; readonly onDecide: () => void }) {
  const words = parkedWords(row);
  const reason = useDecideReason();
  const place = placeOf(row.kind);
  const name = row.label ?? `${place?.noun ?? row.kind} ${row.resource_id}`;
  return (
    <tr>
      <td>
        {place === null ? (
          <span className="medium">{name}</span>
        ) : (
          <Link to={place.to} search={onlyRow(row.resource_id)} className="medium">
            {name}
          </Link>
        )}
      </td>
      <td>
        {row.organization_id === null ? (
          <Unknown why="No organization" />
        ) : (
          <Link to="/organizations/$id" params={{ id: row.organization_id }}>
            {row.organization ?? `ID ${row.organization_id}`}
          </Link>
        )}
      </td>
      <td>
        <Badge tone={words.decidable ? "warning" : "neutral"}>{words.label}</Badge>
      </td>
      <td className="muted parked-why">{words.why}</td>
      <td className="right">
        <Time at={row.parked_from} />
      </td>
      <td className="right">
        <Count value={row.hours} />
      </td>
      <td className="right">
        <Rate rate={row.hourly_rate} currency={row.currency} />
      </td>
      <td className="right">
        <Money amount={row.worth} currency={row.currency} />
      </td>
      <td className="right">
        {words.decidable ? (
          <Button size="sm" aria-label={`Decide on ${name}`} disabledReason={reason} onClick={onDecide}>
            Decide…
          </Button>
        ) : place === null ? null : (
          <Link to={place.to} search={onlyRow(row.resource_id)} className="btn btn-sm" aria-label={`Open ${name}`}>
            Open {place.noun.toLowerCase()}
          </Link>
        )}
      </td>
    </tr>
  );
}
