import type { ApiError, DriftKind, DriftOverview } from "../../bindings/contract";
import { cx } from "../../lib/cx";
import { formatCount } from "../../lib/format";
import { filteredTo } from "../../table/linkSearch";
import type { ListSearch } from "../../table/listSearch";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Cents, Unknown } from "../../ui/Text";
import { DRIFT_KIND, DRIFT_MEANING, KINDS } from "./kinds";

type DriftSumsProps = {
  readonly overview: DriftOverview | undefined;
  readonly error: ApiError | null;
  readonly onRetry: () => void;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
};

/** What each kind is worth in a month. A kind shows its rows when it is pressed, and all again when it is pressed again. */
export function DriftSums({ overview, error, onRetry, search, onSearch }: DriftSumsProps) {
  if (overview === undefined) {
    return error === null ? null : (
      <div className="drift-top">
        <ErrorBlock inline title="The sums could not be read" error={error} onRetry={onRetry} />
      </div>
    );
  }
  if (overview.sums.length === 0) return null;
  return (
    <div className="drift-top">
      <fieldset className="drift-sums">
        <legend className="sr-only">Differences by kind</legend>
        {KINDS.map((kind) => (
          <Sum key={kind} kind={kind} overview={overview} search={search} onSearch={onSearch} />
        ))}
      </fieldset>
    </div>
  );
}

type SumProps = Pick<DriftSumsProps, "search" | "onSearch"> & {
  readonly kind: DriftKind;
  readonly overview: DriftOverview;
};

function Sum({ kind, overview, search, onSearch }: SumProps) {
  const sum = overview.sums.find((each) => each.kind === kind);
  if (sum === undefined) return null;
  const look = DRIFT_KIND[kind];
  const filter = filteredTo({ column: "kind", op: "is", values: [kind] }).f;
  const isOn = search.f === filter;
  const { f: _, id: __, ...rest } = search;
  return (
    <button
      type="button"
      className="drift-sum"
      aria-pressed={isOn}
      title={DRIFT_MEANING[kind]}
      onClick={() => onSearch(isOn || filter === undefined ? rest : { ...rest, f: filter })}
    >
      <span className={cx("drift-sum-kind", `fg-${look.tone}`)}>
        <look.icon className="icon-xs" aria-hidden />
        {look.label}
      </span>
      <span className="drift-sum-worth num">
        {sum.monthly === null ? (
          <Unknown why={sum.is_cost && !overview.shows_cost ? "What it costs is not for your role" : "Not known"} />
        ) : (
          <Cents amount={sum.monthly} currency="USD" />
        )}
        <span className="drift-sum-count">{formatCount(sum.count)}</span>
      </span>
      <span className="drift-sum-note">{note(sum, overview.shows_cost)}</span>
    </button>
  );
}

function note(sum: DriftOverview["sums"][number], showsCost: boolean): string {
  if (sum.kind === "region" || sum.kind === "address") return "no money at stake";
  const whose = sum.is_cost ? "lost a month" : sum.kind === "plan" ? "apart a month" : "paid a month";
  if (sum.monthly === null) return sum.is_cost && !showsCost ? "lost a month" : "of unknown worth";
  return sum.unknown === 0 ? whose : `${whose}, ${formatCount(sum.unknown)} unknown`;
}
