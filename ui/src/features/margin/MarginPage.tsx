import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, PanelRight, Percent as PercentIcon } from "lucide-react";
import type { Grouping, Instant, MarginMonth, MarginRow, MarginTotal, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages } from "../../ipc/queries";
import { useNow } from "../../lib/clock";
import { formatMonth, plural } from "../../lib/format";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import type { ListSearch } from "../../table/listSearch";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { Segmented } from "../../ui/Segmented";
import { Select } from "../../ui/Select";
import { Cents, Time, Unknown } from "../../ui/Text";
import { MARGIN_COLUMNS, Percent } from "./columns";
import { MarginGlance } from "./MarginGlance";
import { MonthsTable } from "./MonthsTable";
import "./margin.css";

const USUAL: Sort = { column: "margin", descending: true };

type By = Grouping | "month";

export type MarginSearch = ListSearch & { readonly by?: By; readonly month?: string };

const BY: ReadonlyArray<{ value: By; label: string }> = [
  { value: "plan", label: "Plan" },
  { value: "organization", label: "Organization" },
  { value: "server", label: "Server" },
  { value: "month", label: "Month" },
];

/** Revenue less provider cost, four ways. */
export function MarginPage() {
  const search = useSearch({ from: "/margin" });
  const navigate = useNavigate();
  const now = useNow();
  const months = useRead("margin.months", {});
  const by = search.by ?? "plan";
  const month = search.month ?? new Date(now).toISOString().slice(0, 7);
  const show = (next: MarginSearch) => void navigate({ to: "/margin", search: next, replace: true });
  const options = monthOptions(months.data?.months, month);

  return (
    <>
      <PageHeader title="Margin" note="Revenue less provider cost, in UTC">
        <Segmented
          label="Group by"
          value={by}
          options={BY}
          // Filters and places are those of one grouping.
          onChange={(next) => show({ by: next, ...(search.month === undefined ? {} : { month: search.month }) })}
        />
        {by === "month" ? null : (
          <Select
            label="Month"
            hideLabel
            size="sm"
            className="margin-month"
            value={month}
            options={options}
            onChange={(next) => show({ ...search, month: next })}
          />
        )}
      </PageHeader>
      {by === "month" ? (
        <MonthsTable
          months={months.data?.months}
          error={months.error?.error ?? null}
          retrying={months.isFetching}
          onRetry={() => void months.refetch()}
          onOpen={(opened) => show({ by: "plan", month: opened })}
        />
      ) : (
        <Grouped key={by} by={by} month={month} search={search} onSearch={(next) => show({ ...next, by, month })} />
      )}
    </>
  );
}

function monthOptions(months: ReadonlyArray<MarginMonth> | undefined, chosen: string) {
  const known = months?.map((each) => each.month.slice(0, 7)) ?? [];
  const all = known.includes(chosen) ? known : [chosen, ...known];
  return all.map((value) => ({ value, label: formatMonth(`${value}-01`) }));
}

type GroupedProps = {
  readonly by: Grouping;
  readonly month: string;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
};

function Grouped({ by, month, search, onSearch }: GroupedProps) {
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const columns = MARGIN_COLUMNS[by];
  const request = listRequest(search, columns, USUAL);
  const read = useReadPages(
    "margin.list",
    (after) => ({ month, grouping: by, list: { ...request, after } }),
    (answer) => answer.page.next,
    { keepPrevious: true },
  );
  const data = useGridData<MarginRow>({
    ...read,
    data: read.data === undefined ? undefined : { pages: read.data.pages.map((answer) => answer.page) },
  });
  return (
    <>
      <Totals total={read.data?.pages.at(-1)?.total} month={month} />
      <DataGrid
        grid={`margin-${by}`}
        label={`Margin by ${by}`}
        one={NOUNS[by].one}
        many={NOUNS[by].many}
        columns={columns}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={onSearch}
        searchHint={by === "organization" ? "Organization" : "Name, organization, plan"}
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => <MarginGlance row={row} month={month} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => onSearch({ ...search, id: row.key }),
          },
          {
            kind: "item",
            label: "Open organization",
            icon: Building2,
            disabledReason: row.organization_id === null ? "It is of no single organization." : null,
            onSelect: () => {
              if (row.organization_id === null) return;
              void navigate({ to: "/organizations/$id", params: { id: row.organization_id } });
            },
          },
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy margin",
            icon: Copy,
            onSelect: () => void copyText(row.margin, "Margin copied"),
          },
        ]}
        onExport={(wanted) => call("margin.export", { month, grouping: by, list: wanted.list })}
        empty={{
          icon: PercentIcon,
          title: `Nothing was used in ${formatMonth(`${month}-01`)}`,
          text: "What servers and containers bring and cost stands here once a billing run has charged hours of the month.",
        }}
      />
    </>
  );
}

const NOUNS: Readonly<Record<Grouping, { one: string; many: string }>> = {
  plan: { one: "plan", many: "plans" },
  organization: { one: "organization", many: "organizations" },
  server: { one: "server or container", many: "servers and containers" },
};

function Totals({ total, month }: { readonly total: MarginTotal | undefined; readonly month: string }) {
  const name = formatMonth(`${month}-01`);
  return (
    <div className="margin-top">
      <dl className="figures margin-figures">
        <div>
          <dt>Revenue</dt>
          <dd className="figure">
            <Sum amount={total?.revenue} currency={total?.currency} />
          </dd>
          <dd className="figure-note">{name}, less refunds</dd>
        </div>
        <div>
          <dt>Provider cost</dt>
          <dd className="figure">
            <Sum amount={total?.cost} currency={total?.currency} />
          </dd>
          <dd className={total !== undefined && total.uncosted > 0 ? "figure-note fg-warning" : "figure-note"}>
            {total === undefined
              ? "…"
              : total.uncosted === 0
                ? "Of everything that is billed"
                : `Unknown of ${plural(total.uncosted, "resource")}`}
          </dd>
        </div>
        <div>
          <dt>Margin</dt>
          <dd className={total?.margin.startsWith("-") === true ? "figure fg-danger" : "figure"}>
            <Sum amount={total?.margin} currency={total?.currency} />
          </dd>
          <dd className="figure-note">{total === undefined ? "…" : <Percent percent={total.percent} />}</dd>
        </div>
        <div>
          <dt>Counted until</dt>
          <dd className="figure">
            {total === undefined ? <Unknown why="Not read yet" /> : <Time at={total.counted_until} style="detail" />}
          </dd>
          <dd className="figure-note">{counted(total?.counted_until, month)}</dd>
        </div>
      </dl>
    </div>
  );
}

function Sum({ amount, currency }: { readonly amount: string | undefined; readonly currency: string | undefined }) {
  return amount === undefined ? <Unknown why="Not read yet" /> : <Cents amount={amount} currency={currency ?? "USD"} />;
}

function counted(until: Instant | undefined, month: string): string {
  if (until === undefined) return "…";
  return until.slice(0, 7) === month ? "As far as hours are charged" : "The whole month";
}

function rowId(row: MarginRow): number {
  return row.key;
}

function rowName(row: MarginRow): string {
  return row.label;
}
