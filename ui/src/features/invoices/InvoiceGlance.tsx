import { Link } from "@tanstack/react-router";
import type { InvoiceRow } from "../../bindings/contract";
import { isNothing } from "../../lib/amounts";
import { StatusBadge } from "../../ui/StatusBadge";
import { invoiceState } from "../../ui/status";
import { Money, Time, Unknown } from "../../ui/Text";
import { periodName } from "./period";

/** What an invoice comes to; its lines are on its page. */
export function InvoiceGlance({ row }: { readonly row: InvoiceRow }) {
  return (
    <>
      <div className="glance-top">
        <Money amount={row.amount} currency={row.currency} className="glance-figure" />
        <StatusBadge look={invoiceState(row.state)} />
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
        <dt>Period</dt>
        <dd>{periodName(row.period_start, row.period_end)}</dd>
        <dt>Issued</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>Paid</dt>
        <dd>
          <Money amount={row.amount_paid} currency={row.currency} />
        </dd>
        <dt>Due</dt>
        <dd className={isNothing(row.due) ? "" : "medium"}>
          <Money amount={row.due} currency={row.currency} />
        </dd>
        {isNothing(row.due) ? (
          <>
            <dt>Paid on</dt>
            <dd>
              <Time at={row.paid_at} style="detail" unknown="Not paid" />
            </dd>
          </>
        ) : (
          <>
            <dt>Grace time ends</dt>
            <dd>
              <Time at={row.due_by} style="detail" />
            </dd>
          </>
        )}
      </dl>
      <p className="glance-actions">
        <Link to="/invoices/$id" params={{ id: row.id }} className="btn btn-sm">
          Open invoice
        </Link>
      </p>
    </>
  );
}
