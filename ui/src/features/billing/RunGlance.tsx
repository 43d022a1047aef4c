import { Link } from "@tanstack/react-router";
import type { RunRow } from "../../bindings/contract";
import { StatusBadge } from "../../ui/StatusBadge";
import { runStatus } from "../../ui/status";
import { Count, Money, Time } from "../../ui/Text";
import { Duration } from "./columns";
import { runExplained } from "./words";

/** A run in short; its page has what it charged. */
export function RunGlance({ run }: { readonly run: RunRow }) {
  const explained = runExplained(run);
  return (
    <>
      <div className="glance-top">
        <Money amount={run.charged} currency={run.currency} className="glance-figure" />
        <StatusBadge look={runStatus(run)} />
      </div>
      {explained !== null && <p className="glance-explained muted">{explained}</p>}
      <dl className="facts">
        <dt>Charged up to</dt>
        <dd>
          <Time at={run.run_at} style="detail" />
        </dd>
        <dt>Organizations</dt>
        <dd>
          <Count value={run.organizations} />
        </dd>
        <dt>Resources</dt>
        <dd>
          <Count value={run.resources} />
        </dd>
        <dt>Hours</dt>
        <dd>
          <Count value={run.hours} />
        </dd>
        <dt>Left out</dt>
        <dd>
          <Count value={run.skipped} />
        </dd>
        <dt>Parked</dt>
        <dd>
          <Count value={run.parked} />
        </dd>
        <dt>Started</dt>
        <dd>
          <Time at={run.started_at} style="detail" />
        </dd>
        <dt>Duration</dt>
        <dd>
          <Duration run={run} />
        </dd>
        <dt>By</dt>
        <dd>{run.started_by ?? "csctl"}</dd>
      </dl>
      <p className="glance-actions">
        <Link to="/billing/$id" params={{ id: run.id }} className="btn">
          Open run
        </Link>
      </p>
    </>
  );
}
