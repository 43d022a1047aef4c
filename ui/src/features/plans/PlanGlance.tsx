import { Link } from "@tanstack/react-router";
import { CircleDollarSign, Pencil, TriangleAlert } from "lucide-react";
import type { Money as MoneyText, PlanRow, Rate as RateText } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { NOUNS } from "../../lib/assignments";
import { formatRate, plural } from "../../lib/format";
import { filteredTo } from "../../table/linkSearch";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Money, Rate, Time, Unknown } from "../../ui/Text";
import { alarmText, KIND, planSize } from "./columns";

type PlanGlanceProps = {
  readonly row: PlanRow;
  /** Why this person may not change it. */
  readonly reason: string | null;
  readonly onChangePrice: () => void;
  readonly onEdit: () => void;
};

/** A plan with what its price was and what it brings. */
export function PlanGlance({ row, reason, onChangePrice, onEdit }: PlanGlanceProps) {
  const read = useRead("plans.get", { kind: row.kind, id: row.id });
  const noun = NOUNS[row.kind];
  return (
    <>
      <div className="glance-top">
        <span>
          {row.rate === null ? <b className="fg-warning">No rate</b> : <Rate rate={row.rate} />}{" "}
          <span className="muted">per hour{row.rate_by_hand === true ? ", set by hand" : ""}</span>
        </span>
        <span className={row.is_active ? undefined : "muted"}>{row.is_active ? "Active" : "Inactive"}</span>
      </div>
      {row.alarm === null ? null : (
        <p className="notice notice-danger">
          <TriangleAlert aria-hidden />
          <span>
            {alarmText(row.alarm)} Since <Time at={row.alarm.since} />
            {row.alarm.was_hourly === null ? null : `, before it was $${row.alarm.was_hourly} an hour`}. Change the
            price, or stop selling it.
          </span>
        </p>
      )}
      <div className="plan-actions">
        <Button size="sm" icon={CircleDollarSign} disabledReason={reason} onClick={onChangePrice}>
          Change price
        </Button>
        <Button size="sm" icon={Pencil} disabledReason={reason} onClick={onEdit}>
          Edit
        </Button>
      </div>
      <dl className="facts">
        <dt>Kind</dt>
        <dd>{KIND[row.kind]}</dd>
        <dt>Type</dt>
        <dd className="mono">{row.linode_type ?? <Unknown why="None" />}</dd>
        <dt>Size</dt>
        <dd>{planSize(row) ?? <Unknown />}</dd>
        <dt>Regions</dt>
        <dd>{row.regions.length === 0 ? "All" : row.regions.join(", ")}</dd>
        <dt>Cap per month</dt>
        <dd>{row.monthly_rate === null ? "Uncapped" : <Money amount={row.monthly_rate} currency="USD" />}</dd>
        {row.markup === null ? null : (
          <>
            <dt>Cost per hour</dt>
            <dd>
              <Rate rate={row.base_cost} />
            </dd>
            <dt>Markup</dt>
            <dd className="num">{row.markup} %</dd>
            <dt>Cost per month</dt>
            <dd className="num">
              {row.provider_monthly === null ? (
                <Unknown why="Known for imported plans" />
              ) : (
                <Month amount={row.provider_monthly} />
              )}
            </dd>
          </>
        )}
        <dt>In use</dt>
        <dd>
          {row.resources === 0 ? (
            "Nothing runs on it"
          ) : (
            <Link
              to={row.kind === "vps" ? "/servers" : "/containers"}
              search={filteredTo({ column: "plan", op: "is", values: [row.name] })}
            >
              {plural(row.resources, noun.one, noun.many)}
            </Link>
          )}
        </dd>
        <dt>A full month</dt>
        <dd className="num" title="744 hours of everything on it">
          {read.data === undefined || read.data.full_month === null ? (
            <Unknown />
          ) : (
            <Money amount={read.data.full_month} currency="USD" />
          )}
        </dd>
      </dl>
      <h3 className="small bold plan-prices">Prices</h3>
      {read.data === undefined ? (
        read.error === null ? (
          <Skeleton lines={3} />
        ) : (
          <ErrorBlock inline title="The prices could not be read" error={read.error.error} />
        )
      ) : read.data.history.length === 0 ? (
        <p className="muted">It has always cost what it does.</p>
      ) : (
        <table className="plan-history">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col" className="right">
                Rate
              </th>
              <th scope="col" className="right">
                Cap
              </th>
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {read.data.history.map((price) => (
              <tr key={price.effective_from ?? "beginning"}>
                <td>{price.effective_from === null ? "The beginning" : <Time at={price.effective_from} />}</td>
                <td className="right">
                  <Rate rate={price.rate} />
                </td>
                <td className="right">
                  {price.monthly_rate === null ? "Uncapped" : <Money amount={price.monthly_rate} currency="USD" />}
                </td>
                <td className="truncate">{price.recorded_by ?? <Unknown why="A program" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** What the provider takes for a month: in cents where it is, in its own four decimals where it isn't. */
function Month({ amount }: { readonly amount: string }) {
  const cents = amount.endsWith("00") ? (amount.slice(0, -2) as MoneyText) : null;
  return cents === null ? formatRate(amount as RateText) : <Money amount={cents} currency="USD" />;
}
