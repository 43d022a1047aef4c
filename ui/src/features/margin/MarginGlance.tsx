import { Link } from "@tanstack/react-router";
import type { MarginRow } from "../../bindings/contract";
import { formatMonth, plural } from "../../lib/format";
import { onlyRow } from "../../table/linkSearch";
import { Count, Exact, Unknown } from "../../ui/Text";
import { Percent } from "./columns";

/** What something has brought and cost, and where it is found. */
export function MarginGlance({ row, month }: { readonly row: MarginRow; readonly month: string }) {
  return (
    <>
      <div className="glance-top">
        <span>
          <b>
            <Exact amount={row.margin} currency="USD" />
          </b>{" "}
          <span className="muted">in {formatMonth(`${month}-01`)}</span>
        </span>
        <Percent percent={row.percent} />
      </div>
      {row.kind === "other" ? (
        <p className="margin-other">
          What is in the month’s revenue and can’t be told of one row: charges that were given back, fractions of a cent
          that were carried from or into another month, and charges of other programs. With it, every grouping sums up
          to the same.
        </p>
      ) : null}
      <dl className="facts">
        <dt>Revenue</dt>
        <dd>
          <Exact amount={row.revenue} currency="USD" />
        </dd>
        <dt>Provider cost</dt>
        <dd>
          <Exact amount={row.cost} currency="USD" />
          {row.uncosted === 0 ? null : (
            <span className="fg-warning">
              {" "}
              Unknown of {plural(row.uncosted, "resource")}: their plans have no cost.
            </span>
          )}
        </dd>
        <dt>Hours charged</dt>
        <dd>
          <Count value={row.hours} />
        </dd>
        <dt>Resources</dt>
        <dd>
          <Count value={row.resources} />
        </dd>
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            <Unknown why="None, or several" />
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Plan</dt>
        <dd>
          {row.plan_id === null || row.plan === null ? (
            <Unknown why="None, or several" />
          ) : (
            <Link to="/plans" search={{ id: row.plan_id * 2 + (row.kind === "container" ? 1 : 0), q: row.plan }}>
              {row.plan}
            </Link>
          )}
        </dd>
        {isResource(row) && row.id !== null && row.plan !== row.label ? (
          <>
            <dt>Row</dt>
            <dd>
              <Link to={row.kind === "vps" ? "/servers" : "/containers"} search={onlyRow(row.id)}>
                {row.label}
              </Link>
            </dd>
          </>
        ) : null}
      </dl>
    </>
  );
}

function isResource(row: MarginRow): boolean {
  return (row.kind === "vps" || row.kind === "container") && row.organization_id !== null;
}
