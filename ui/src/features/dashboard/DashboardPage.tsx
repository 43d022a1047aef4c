import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Download } from "lucide-react";
import { useState } from "react";
import type { DashboardSummary, Period } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { asCallError } from "../../ipc/error";
import { useRead } from "../../ipc/queries";
import { formatClock, plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { Segmented } from "../../ui/Segmented";
import { Skeleton } from "../../ui/Skeleton";
import { showToast } from "../../ui/Toast";
import { AttentionPanel } from "./AttentionPanel";
import { Kpis } from "./Kpis";
import { FleetPanel, OpenTicketsPanel, RunsPanel } from "./OperationPanels";
import { RevenuePanel } from "./RevenuePanel";
import { PERIODS, periodNote } from "./words";
import "./dashboard.css";

/** Sums change with runs and payments, not by the second. */
const REFRESH_MS = 60_000;

export function DashboardPage() {
  const search = useSearch({ from: "/dashboard" });
  const navigate = useNavigate();
  const period = search.period ?? "month";
  const revenue = useRead("dashboard.revenue", { period }, { refetchMs: REFRESH_MS, keepPrevious: true });
  const summary = useRead("dashboard.summary", {}, { refetchMs: REFRESH_MS });
  // While another period is read the old one's figures must not stand under the new one's name.
  const answer = revenue.isPlaceholderData ? undefined : revenue.data;
  const failed = revenue.error ?? summary.error;
  const blank = revenue.data === undefined && summary.data === undefined;

  return (
    <>
      <PageHeader title="Dashboard" note={answer === undefined ? undefined : periodNote(period, answer)}>
        <Segmented
          label="Period"
          value={period}
          options={PERIODS}
          onChange={(next: Period) =>
            void navigate({ to: "/dashboard", search: next === "month" ? {} : { period: next }, replace: true })
          }
        />
        <ExportButton period={period} />
      </PageHeader>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section className="page-body dashboard" aria-label="Dashboard" tabIndex={0}>
        {failed !== null && blank ? (
          <ErrorBlock
            title="The dashboard could not be read"
            error={failed.error}
            onRetry={() => {
              void revenue.refetch();
              void summary.refetch();
            }}
            retrying={revenue.isFetching || summary.isFetching}
          />
        ) : (
          <>
            {failed !== null && (
              <p className="notice notice-danger" role="alert">
                {failed.error.message} What is shown was read at{" "}
                {formatClock(Math.max(revenue.dataUpdatedAt, summary.dataUpdatedAt))} UTC.
              </p>
            )}
            <Kpis period={period} revenue={answer} summary={summary.data} />
            {isNew(summary.data) ? (
              <EmptyState icon={Building2} title="Nothing to sum up yet">
                Create an organization, give it a wallet and a server, and run billing: revenue, cost and what needs
                somebody stand here from then on.
              </EmptyState>
            ) : (
              <>
                <div className="dashboard-columns dashboard-upper">
                  {answer === undefined ? (
                    <Panel title="Revenue" className="revenue">
                      <Skeleton lines={6} label="Revenue is being read" />
                    </Panel>
                  ) : (
                    <RevenuePanel key={period} period={period} answer={answer} />
                  )}
                  {summary.data === undefined ? (
                    <Waiting title="Needs attention" />
                  ) : (
                    <AttentionPanel summary={summary.data} />
                  )}
                </div>
                <div className="dashboard-columns">
                  {summary.data === undefined ? <Waiting title="Billing runs" /> : <RunsPanel summary={summary.data} />}
                  <div className="dashboard-stack">
                    {summary.data === undefined ? (
                      <Waiting title="Fleet" />
                    ) : (
                      <>
                        <FleetPanel summary={summary.data} />
                        <OpenTicketsPanel summary={summary.data} />
                      </>
                    )}
                  </div>
                </div>
              </>
            )}
          </>
        )}
      </section>
    </>
  );
}

function Waiting({ title }: { readonly title: string }) {
  return (
    <Panel title={title}>
      <Skeleton lines={4} label={`${title}: being read`} />
    </Panel>
  );
}

/** A business in which nothing has happened yet. */
function isNew(summary: DashboardSummary | undefined): boolean {
  return (
    summary !== undefined &&
    summary.runs.length +
      summary.fleet.length +
      summary.tickets.length +
      summary.attention.length +
      summary.containers ===
      0
  );
}

function ExportButton({ period }: { readonly period: Period }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { path, rows } = await call("dashboard.export", { period });
      showToast({
        title: `Revenue: ${plural(rows, "row")} exported`,
        description: path,
        action: { label: "Copy path", onSelect: () => void navigator.clipboard.writeText(path) },
      });
    } catch (reason) {
      setProblem(asCallError(reason)?.error.message ?? "The file was not written. Try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {problem === null ? null : (
        <span className="small fg-danger truncate" role="alert" title={problem}>
          {problem}
        </span>
      )}
      <Button icon={Download} pending={busy} onClick={() => void run()}>
        Export CSV
      </Button>
    </>
  );
}
