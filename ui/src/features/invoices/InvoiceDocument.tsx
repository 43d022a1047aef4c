import type { InvoiceDetail, InvoiceLine, Money as MoneyText } from "../../bindings/contract";
import { isNothing } from "../../lib/amounts";
import { formatCount, formatDate, formatMoney, plural } from "../../lib/format";
import { Badge, StatusBadge } from "../../ui/StatusBadge";
import { invoiceState } from "../../ui/status";
import { Exact, Money, Unknown } from "../../ui/Text";
import { invoiceName } from "./columns";
import { monthName, periodName } from "./period";

/** The invoice as it is handed out: lines, carries and total agree to the last decimal, and are shown with all of them. */
export function InvoiceDocument({ detail }: { readonly detail: InvoiceDetail }) {
  const { invoice, lines } = detail;
  return (
    <article className="invoice-document panel" aria-label={`Invoice ${invoiceName(invoice)}`}>
      <header className="invoice-head">
        <div className="grow">
          <h2>{detail.customer.name ?? invoice.organization ?? "No organization"}</h2>
          {detail.customer.address === "" ? null : <p className="muted invoice-address">{detail.customer.address}</p>}
          <p className="mono muted">
            {invoiceName(invoice)}
            {invoice.corrects === null ? null : ` · credit note over ${invoice.corrects}`}
          </p>
        </div>
        <StatusBadge look={invoiceState(invoice.state)} />
      </header>
      <dl className="invoice-facts">
        <div>
          <dt>Period</dt>
          <dd>{periodName(invoice.period_start, invoice.period_end)}</dd>
        </div>
        <div>
          <dt>Issued</dt>
          <dd>{formatDate(invoice.created_at)}</dd>
        </div>
        <div>
          <dt>Due</dt>
          <dd>{isNothing(invoice.due) ? "Nothing is due" : formatDate(invoice.due_by)}</dd>
        </div>
        <div>
          <dt>Currency</dt>
          <dd>{invoice.currency ?? "Not known"}</dd>
        </div>
      </dl>
      {lines.length === 0 ? (
        <p className="panel-empty muted">It has no lines.</p>
      ) : (
        <table className="table invoice-lines">
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col" className="right">
                Quantity
              </th>
              <th scope="col" className="right">
                Rate
              </th>
              <th scope="col" className="right">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never change
              <Line key={index} line={line} currency={invoice.currency} />
            ))}
          </tbody>
        </table>
      )}
      <Totals detail={detail} />
      <Told detail={detail} />
    </article>
  );
}

/** What moved the wallet besides usage: settled, and no part of the total. */
function Told({ detail }: { readonly detail: InvoiceDetail }) {
  const { told, invoice } = detail;
  if (told.length === 0) return null;
  return (
    <section className="invoice-told" aria-label="Other transactions">
      <h3>Other transactions</h3>
      <p className="small muted">
        Charged to the wallet or returned to it besides usage in this period. Settled, and no part of the total above.
      </p>
      <table className="table invoice-lines">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">What</th>
            <th scope="col" className="right">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {told.map((row) => (
            <tr key={row.transaction_id}>
              <td className="num">{formatDate(row.at)}</td>
              <td className="invoice-what">
                <span className="medium">{KINDS[row.kind] ?? row.kind}</span>{" "}
                <span className="muted">{row.reason}</span>
              </td>
              <td className="right">
                <Money amount={row.amount as MoneyText} currency={invoice.currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const KINDS: Readonly<Record<string, string>> = { adjustment: "Adjustment", refund: "Refund", charge: "Charge" };

function Line({ line, currency }: { readonly line: InvoiceLine; readonly currency: string | null }) {
  return (
    <tr className={line.late ? "invoice-late" : undefined}>
      <td className="invoice-what">
        <span className="medium">{line.description}</span> <span className="muted">{line.plan}</span>
        {line.cap_applied ? <span className="small muted"> · {capWords(line.monthly_cap, currency)}</span> : null}
        {line.late ? (
          <>
            {" "}
            <Badge tone="warning">{line.usage_month === null ? "Late" : `Late, ${monthName(line.usage_month)}`}</Badge>
          </>
        ) : null}
      </td>
      <td className="right num">{line.quantity === null ? <Unknown why="None given" /> : quantity(line)}</td>
      <td className="right">
        {line.unit_price === null ? (
          <Unknown why="None given" />
        ) : (
          <Exact amount={line.unit_price} currency={currency} className="muted" />
        )}
      </td>
      <td className="right">
        {line.amount === null ? (
          <Unknown why="It can’t be read" />
        ) : (
          <Exact amount={line.amount} currency={currency} className="medium" />
        )}
      </td>
    </tr>
  );
}

function capWords(cap: string | null, currency: string | null): string {
  if (cap === null) return "monthly cap reached";
  return isNothing(cap) ? "free of charge" : `capped at ${formatMoney(cap as MoneyText, currency)} a month`;
}

/** `744 h`; other units and broken numbers as they are. */
function quantity(line: InvoiceLine): string {
  const count = line.quantity ?? "";
  const whole = /^\d{1,9}$/.test(count) ? formatCount(Number(count)) : count;
  return line.unit === "hour" ? `${whole} h` : `${whole} ${line.unit ?? ""}`.trim();
}

function Totals({ detail }: { readonly detail: InvoiceDetail }) {
  const { invoice, lines, usage, carry_in, carry_out } = detail;
  const { currency } = invoice;
  const settled = isNothing(invoice.due);
  return (
    <div className="invoice-foot">
      <p className="small muted">{explanation(detail)}</p>
      <dl className="invoice-totals">
        <dt>{plural(lines.length, "line")}</dt>
        <dd>{usage === null ? <Unknown /> : <Exact amount={usage} currency={currency} />}</dd>
        {carry_in === null || isNothing(carry_in) ? null : (
          <>
            <dt>Carried in</dt>
            <dd>
              <Exact amount={carry_in} currency={currency} />
            </dd>
          </>
        )}
        {carry_out === null || isNothing(carry_out) ? null : (
          <>
            <dt>Carried to the next</dt>
            <dd>
              <Exact amount={`-${carry_out}`} currency={currency} />
            </dd>
          </>
        )}
        <dt className="invoice-total">Total</dt>
        <dd className="invoice-total">
          <Money amount={invoice.amount} currency={currency} />
        </dd>
        {invoice.status === "cancelled" ? (
          <>
            <dt>Cancelled</dt>
            <dd>Nothing is due</dd>
          </>
        ) : (
          <>
            <dt>{invoice.of_close ? "From wallet" : "Paid"}</dt>
            <dd>
              <Money amount={invoice.amount_paid} currency={currency} />
            </dd>
            <dt className={settled ? "" : invoice.state === "in_review" ? "medium" : "medium fg-danger"}>Due</dt>
            <dd className={settled ? "" : invoice.state === "in_review" ? "medium" : "medium fg-danger"}>
              <Money amount={invoice.due} currency={currency} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** Why the lines and the total are not the same number. */
function explanation({ carry_in, carry_out }: InvoiceDetail): string {
  const moved = [carry_in, carry_out].some((carry) => carry !== null && !isNothing(carry));
  return moved
    ? "Hours cost fractions of a cent; a total is whole cents. What is left over is carried from one invoice to the next, so that all of them together are exactly what was used."
    : "";
}
