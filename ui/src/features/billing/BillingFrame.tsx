import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { BillingOverview } from "../../bindings/contract";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Segmented } from "../../ui/Segmented";
import { Count, Money, Time, Unknown } from "../../ui/Text";
import { useRunBilling } from "./useRunBilling";
import "./billing.css";

type Tab = "runs" | "parked";

/** The head of both billing pages: what stands, and the button that runs. */
export function BillingFrame({ tab, children }: { tab: Tab; children: ReactNode }) {
  const navigate = useNavigate();
  const run = useRunBilling();
  const { overview } = run;
  return (
    <>
      <PageHeader
        title="Billing runs"
        note={overview === undefined ? undefined : `Usage is charged ${overview.schedule}, in UTC`}
      >
        <Segmented
          label="What to show"
          value={tab}
          options={[
            { value: "runs", label: "Runs" },
            {
              value: "parked",
              label: "Parked",
              count: overview === undefined || overview.parked === 0 ? null : overview.parked,
            },
          ]}
          onChange={(next) => void navigate({ to: next === "runs" ? "/billing" : "/billing/parked" })}
        />
        <Button variant="primary" icon={Play} disabledReason={run.reason} pending={run.pending} onClick={run.start}>
          Run now
        </Button>
      </PageHeader>
      <div className="billing-top">
        {run.failure !== null && (
          <ErrorBlock
            inline
            title="The billing run failed"
            error={run.failure}
            onRetry={run.reason === null ? run.start : undefined}
            actions={
              <Button size="sm" variant="ghost" onClick={run.putAway}>
                Put away
              </Button>
            }
          />
        )}
        <Figures overview={overview} />
      </div>
      {children}
    </>
  );
}

function Figures({ overview }: { overview: BillingOverview | undefined }) {
  const run = overview?.last_run ?? null;
  return (
    <dl className="figures">
      <div>
        <dt>Billed up to</dt>
        <dd className="figure">
          {run === null ? <Unknown why="No run yet" /> : <Time at={run.run_at} style="detail" />}
        </dd>
        <dd className={overview?.overdue === true ? "figure-note fg-warning" : "figure-note"}>
          {overview === undefined
            ? "…"
            : overview.open_run !== null
              ? `Run ${overview.open_run} is charging`
              : overview.overdue
                ? "Overdue: nothing has run on schedule"
                : run === null
                  ? "No run yet"
                  : "Whole hours, UTC"}
        </dd>
      </div>
      <div>
        <dt>Charged in the last run</dt>
        <dd className="figure">
          <Money amount={run?.charged ?? null} currency={run?.currency ?? null} />
        </dd>
        <dd className="figure-note">{run === null ? "No run yet" : plural(run.hours, "hour")}</dd>
      </div>
      <div>
        <dt>Not covered by wallets</dt>
        <dd className={overview !== undefined && overview.behind > 0 ? "figure fg-danger" : "figure"}>
          <Money amount={overview?.arrears ?? null} currency={overview?.currency ?? null} />
        </dd>
        <dd className="figure-note">
          {overview === undefined
            ? "…"
            : overview.behind === 0
              ? "All usage is covered"
              : `Owed by ${plural(overview.behind, "organization")}`}
        </dd>
      </div>
      <div>
        <dt>Parked</dt>
        <dd className="figure">
          <Count value={overview?.parked ?? null} />
        </dd>
        <dd className="figure-note">
          {overview === undefined
            ? "…"
            : overview.parked === 0
              ? "Nothing waits"
              : overview.undecided === 0
                ? "All wait for a plan or a price"
                : `${overview.undecided} to decide`}
        </dd>
      </div>
      <div>
        <dt>Left out of the last run</dt>
        <dd className={run !== null && run.skipped > 0 ? "figure fg-danger" : "figure"}>
          <Count value={run?.skipped ?? null} />
        </dd>
        <dd className="figure-note">{run !== null && run.skipped > 0 ? "Organizations" : "Nobody"}</dd>
      </div>
    </dl>
  );
}
