import { Link } from "@tanstack/react-router";
import type { TransactionRow } from "../../bindings/contract";
import { StatusBadge } from "../../ui/StatusBadge";
import { TRANSACTION_STATUS } from "../../ui/status";
import { Money, Time, Unknown } from "../../ui/Text";
import { typeLabel } from "./columns";

/** All that the ledger says of one movement. */
export function TransactionGlance({ row }: { readonly row: TransactionRow }) {
  return (
    <>
      <div className="glance-top">
        <Money amount={row.amount} currency={row.currency} signed className="glance-figure" />
        <StatusBadge look={TRANSACTION_STATUS[row.status]} />
      </div>
      <dl className="facts">
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            <Unknown why="No organization" />
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Type</dt>
        <dd>{typeLabel(row.type) ?? <Unknown />}</dd>
        <dt>Time</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>By</dt>
        <dd>{row.created_by ?? <Unknown why="Not a person of this list" />}</dd>
        <dt>Payment method</dt>
        <dd>{row.payment_method ?? <Unknown why="None given" />}</dd>
        <dt>Payment ID</dt>
        <dd className="mono">{row.payment_id ?? <Unknown why="None given" />}</dd>
        <dt>Reason</dt>
        <dd>{row.reason ?? <Unknown why="None given" />}</dd>
        <dt>ID</dt>
        <dd className="mono">{row.id}</dd>
      </dl>
    </>
  );
}
