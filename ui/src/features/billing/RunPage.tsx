import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, ChevronRight, Copy, ReceiptText, TriangleAlert } from "lucide-react";
import type { ChargeRow, RunDetail, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages } from "../../ipc/queries";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { onlyRow } from "../../table/linkSearch";
import { IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import { runStatus } from "../../ui/status";
import { Count, Money, Time } from "../../ui/Text";
import { CHARGE_COLUMNS, Duration } from "./columns";
import { runExplained, skippedReason } from "./words";
import "./billing.css";

const USUAL: Sort = { column: "amount", descending: true };

/** One run: what it charged whom, and whom it left out. */
export function RunPage({ id }: { readonly id: number }) {
  const read = useRead("billing.run_detail", { id });
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title={`Run #${id}`} crumbs={<Crumbs />} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorBlock
            title="The run could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
            actions={
              <Link to="/billing" className="btn btn-sm">
                All runs
              </Link>
            }
          />
        )}
      </>
    );
  }
  return <Detail detail={read.data} />;
}

function Detail({ detail }: { readonly detail: RunDetail }) {
  const { run } = detail;
  const explained = runExplained(run);
  return (
    <>
      <PageHeader
        title={`Run #${run.id}`}
        crumbs={<Crumbs />}
        note={
          <>
            By {run.started_by ?? "csctl"}, <Time at={run.started_at} style="detail" />
          </>
        }
      >
        <StatusBadge look={runStatus(run)} />
        <IconButton
          icon={Copy}
          label={`Copy number ${run.id}`}
          onClick={() => void copyText(String(run.id), "Number copied")}
        />
      </PageHeader>
      <div className="billing-top">
        {explained !== null && (
          <p className="notice notice-warning">
            <TriangleAlert aria-hidden />
            {explained}
          </p>
        )}
        <dl className="figures">
          <div>
            <dt>Charged</dt>
            <dd className="figure">
              <Money amount={run.charged} currency={run.currency} />
            </dd>
            <dd className="figure-note">
              <Count value={run.hours} /> h
            </dd>
          </div>
          <div>
            <dt>Charged up to</dt>
            <dd className="figure">
              <Time at={run.run_at} style="detail" />
            </dd>
            <dd className="figure-note">Whole hours, UTC</dd>
          </div>
          <div>
            <dt>Organizations</dt>
            <dd className="figure">
              <Count value={run.organizations} />
            </dd>
            <dd className="figure-note">
              <Count value={run.resources} /> resources
            </dd>
          </div>
          <div>
            <dt>Parked</dt>
            <dd className="figure">
              <Count value={run.parked} />
            </dd>
            <dd className="figure-note">
              {run.parked === 0 ? "Everything had a price" : <Link to="/billing/parked">What waits now</Link>}
            </dd>
          </div>
          <div>
            <dt>Duration</dt>
            <dd className="figure">
              <Duration run={run} />
            </dd>
            <dd className="figure-note">{run.finished_at === null ? "It has not ended" : "From start to end"}</dd>
          </div>
        </dl>
        <SkippedPanel detail={detail} />
      </div>
      <Charges run={run.id} />
    </>
  );
}

function SkippedPanel({ detail }: { readonly detail: RunDetail }) {
  if (detail.skipped.length === 0) return null;
  return (
    <section className="panel" aria-label="Left out">
      <header>
        <h2>Left out</h2>
        <span className="tiny muted num">{detail.skipped.length}</span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section className="panel-scroll run-skipped" aria-label="Organizations that were left out" tabIndex={0}>
        <table className="table">
          <thead className="sr-only">
            <tr>
              <th scope="col">Organization</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {detail.skipped.map((each) => (
              <tr key={each.organization_id}>
                <td>
                  <Link to="/organizations/$id" params={{ id: each.organization_id }} className="medium">
                    {each.organization ?? `ID ${each.organization_id}`}
                  </Link>
                </td>
                <td className="muted">{skippedReason(each.reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Charges({ run }: { readonly run: number }) {
  const search = useSearch({ from: "/billing/$id" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const asked = listRequest(search, CHARGE_COLUMNS, USUAL);
  const request = {
    ...asked,
    filters: [...asked.filters, { column: "run_id", op: "is" as const, values: [String(run)] }],
  };
  const read = useReadPages(
    "billing.charges",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ChargeRow>(read);
  const open = (row: ChargeRow) => void navigate({ to: "/organizations/$id", params: { id: row.organization_id } });
  return (
    <DataGrid
      grid="billing-charges"
      label="Charges"
      one="charge"
      many="charges"
      columns={CHARGE_COLUMNS}
      rowId={rowId}
      rowName={rowName}
      data={data}
      request={request}
      search={search}
      onSearch={(next) => void navigate({ to: "/billing/$id", params: { id: run }, search: next, replace: true })}
      searchHint="Organization"
      singleLetters={preferences.single_key_shortcuts}
      onOpen={open}
      actions={(row) => [
        { kind: "item", label: "Open organization", icon: Building2, shortcut: "Enter", onSelect: () => open(row) },
        {
          kind: "item",
          label: "Open transaction",
          icon: ReceiptText,
          disabledReason: row.transaction_id === null ? "It was less than a cent and is carried on." : null,
          onSelect: () => {
            if (row.transaction_id === null) return;
            void navigate({ to: "/transactions", search: onlyRow(row.transaction_id) });
          },
        },
        { kind: "separator" },
        {
          kind: "item",
          label: "Copy amount",
          icon: Copy,
          onSelect: () => void copyText(row.amount, "Amount copied"),
        },
      ]}
      onExport={(wanted) => call("billing.charges_export", wanted)}
      empty={{
        icon: ReceiptText,
        title: "Nothing was charged",
        text: "No whole hour had ended since the run before, or no wallet covered one.",
      }}
    />
  );
}

function Crumbs() {
  return (
    <>
      <Link to="/billing">Billing runs</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

function rowId(row: ChargeRow): number {
  return row.id;
}

function rowName(row: ChargeRow): string {
  return `Charge of ${row.organization}`;
}
