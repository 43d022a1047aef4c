import { CircleAlert, type LucideIcon, SearchX } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import type { ApiError, Instant } from "../bindings/contract";
import { formatClock } from "../lib/format";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import type { GridColumn } from "./columns";
import type { ListSearch } from "./listSearch";

const SKELETON_ROWS = 12;

/** Grey bars where the columns will be. CSS shows them after 150 ms, so that quick answers do not flash. */
export function GridSkeleton<Row>({ columns }: { readonly columns: ReadonlyArray<GridColumn<Row>> }) {
  return (
    <div className="grid-skeleton" role="status" aria-label="Loading">
      {Array.from({ length: SKELETON_ROWS }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity and never move
        <div key={index} className="grid-row" aria-hidden="true">
          <span className="grid-cell grid-check" />
          {columns.map((column, position) => (
            <span key={column.id} className="grid-cell">
              <span
                className="skeleton-line"
                style={{ width: `${52 + ((index * 7 + position * 13) % 40)}%` } satisfies CSSProperties}
              />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** Rows that are older than they should be, and why. They stay: old rows are worth more than none. */
export function GridStale(props: {
  readonly label: string;
  readonly error: ApiError;
  readonly asOf: Instant | null;
  readonly onRetry: () => void;
}) {
  const { label, error, asOf, onRetry } = props;
  return (
    <div className="notice notice-danger grid-stale" role="alert">
      <CircleAlert aria-hidden="true" />
      <span className="grow">
        {error.message} {asOf === null ? null : `${label} are shown as of ${formatClock(Date.parse(asOf))} UTC.`}
      </span>
      <Button size="sm" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

export type EmptyTexts = {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
};

/** Nothing has ever been here, or nothing matches: two different things to do. */
export function GridEmpty(props: {
  readonly empty: EmptyTexts;
  readonly many: string;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
}) {
  const { empty, many, search, onSearch } = props;
  const narrowed = search.q !== undefined || search.f !== undefined;
  if (!narrowed) {
    return (
      <div className="grid-state">
        <EmptyState icon={empty.icon} title={empty.title} action={empty.action}>
          {empty.text}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="grid-state">
      <EmptyState
        icon={SearchX}
        title={`No ${many} match`}
        action={<Button onClick={() => onSearch({ ...search, q: undefined, f: undefined })}>Clear filters</Button>}
      >
        {search.q === undefined
          ? "Nothing fits the filters."
          : `Nothing fits “${search.q.trim()}”${search.f === undefined ? "" : " and the filters"}.`}
      </EmptyState>
    </div>
  );
}
