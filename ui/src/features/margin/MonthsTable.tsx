import type { ApiError, MarginMonth } from "../../bindings/contract";
import { formatMonth } from "../../lib/format";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Cents } from "../../ui/Text";
import { Percent } from "./columns";

type MonthsTableProps = {
  readonly months: ReadonlyArray<MarginMonth> | undefined;
  readonly error: ApiError | null;
  readonly retrying: boolean;
  readonly onRetry: () => void;
  readonly onOpen: (month: string) => void;
};

/** Month by month, the newest first. */
export function MonthsTable({ months, error, retrying, onRetry, onOpen }: MonthsTableProps) {
  if (months === undefined) {
    return error === null ? (
      <Skeleton lines={8} />
    ) : (
      <ErrorBlock title="The months could not be read" error={error} onRetry={onRetry} retrying={retrying} />
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="margin-months" aria-label="Months" tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">Month</th>
            <th scope="col" className="right">
              Revenue
            </th>
            <th scope="col" className="right">
              Provider cost
            </th>
            <th scope="col" className="right">
              Margin
            </th>
            <th scope="col" className="right">
              Margin %
            </th>
          </tr>
        </thead>
        <tbody>
          {months.map((row, index) => (
            <tr key={row.month}>
              <td>
                <button type="button" className="margin-link" onClick={() => onOpen(row.month.slice(0, 7))}>
                  {formatMonth(row.month.slice(0, 10))}
                </button>
                {index === 0 ? <span className="muted"> so far</span> : null}
              </td>
              <td className="right">
                <Cents amount={row.revenue} currency="USD" />
              </td>
              <td className="right">
                <Cents amount={row.cost} currency="USD" />
              </td>
              <td className="right">
                <Cents
                  amount={row.margin}
                  currency="USD"
                  {...(row.margin.startsWith("-") ? { className: "fg-danger" } : {})}
                />
              </td>
              <td className="right">
                <Percent percent={row.percent} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
