import { Link } from "@tanstack/react-router";
import { Ban, ChevronRight, Copy, Save } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { InvoiceDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { isNothing } from "../../lib/amounts";
import { formatClock } from "../../lib/format";
import { Button, IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Money, Time, Unknown } from "../../ui/Text";
import { CancelInvoiceDialog } from "./CancelInvoiceDialog";
import { invoiceName } from "./columns";
import { InvoiceDocument } from "./InvoiceDocument";
import { theseInvoices, useSaveInvoices } from "./useSaveInvoices";
import "./invoice.css";

export function InvoicePage({ id }: { readonly id: number }) {
  const read = useRead("invoices.get", { id });
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Invoice" crumbs={<Crumbs />} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorBlock
            title="The invoice could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
            actions={
              <Link to="/invoices" className="btn btn-sm">
                All invoices
              </Link>
            }
          />
        )}
      </>
    );
  }
  return (
    <Detail detail={read.data}>
      {read.error === null ? null : (
        <p className="notice notice-danger" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
    </Detail>
  );
}

function Detail({ detail, children }: { readonly detail: InvoiceDetail; readonly children: ReactNode }) {
  const { invoice } = detail;
  const name = invoiceName(invoice);
  const [cancelling, setCancelling] = useState(false);
  const files = useSaveInvoices();
  const general = useWriteReason("invoices");
  const cancelReason = reasonAgainst(detail.actions, "cancel", general);
  return (
    <>
      <PageHeader title={name} crumbs={<Crumbs />} note={invoice.organization ?? undefined}>
        <IconButton icon={Copy} label="Copy number" onClick={() => void copyText(name, "Number copied")} />
        <Button icon={Ban} variant="ghost" disabledReason={cancelReason} onClick={() => setCancelling(true)}>
          Cancel invoice…
        </Button>
        <Button
          variant="primary"
          icon={Save}
          pending={files.busy}
          disabledReason={reasonAgainst(detail.actions, "pdf")}
          onClick={() => void files.save("pdf", theseInvoices([invoice.id]))}
        >
          Save PDF
        </Button>
      </PageHeader>
      <section className="page-body selectable" aria-label={name}>
        {children}
        {files.problem === null ? null : (
          <p className="notice notice-danger" role="alert">
            {files.problem}
          </p>
        )}
        <div className="invoice-page">
          <InvoiceDocument detail={detail} />
          <Aside detail={detail} />
        </div>
      </section>
      {cancelling ? <CancelInvoiceDialog detail={detail} onClose={() => setCancelling(false)} /> : null}
    </>
  );
}

function Crumbs() {
  return (
    <>
      <Link to="/invoices">Invoices</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

/** Where the money stands, and who sends it. */
function Aside({ detail }: { readonly detail: InvoiceDetail }) {
  const { invoice, seller } = detail;
  const settled = isNothing(invoice.due);
  return (
    <aside className="invoice-aside" aria-label="Payment and seller">
      <Panel title="Payment">
        <dl className="facts">
          <dt>Customer</dt>
          <dd>
            {invoice.organization_id === null ? (
              <Unknown why="No organization" />
            ) : (
              <Link to="/organizations/$id" params={{ id: invoice.organization_id }}>
                {invoice.organization ?? `ID ${invoice.organization_id}`}
              </Link>
            )}
          </dd>
          <dt>From wallet</dt>
          <dd>
            <Money amount={invoice.amount_paid} currency={invoice.currency} />
          </dd>
          <dt>Due</dt>
          <dd className={settled ? "" : invoice.state === "in_review" ? "medium" : "medium fg-danger"}>
            <Money amount={invoice.due} currency={invoice.currency} />
          </dd>
          {settled ? (
            <>
              <dt>Paid on</dt>
              <dd>
                <Time at={invoice.paid_at} style="detail" unknown="Not paid" />
              </dd>
            </>
          ) : (
            <>
              <dt>Grace time ends</dt>
              <dd>
                <Time at={invoice.due_by} style="detail" />
              </dd>
            </>
          )}
        </dl>
        {invoice.of_close && !settled ? (
          <p className="small muted">
            Usage is taken from the wallet. What it does not cover is collected after the next deposit, oldest invoice
            first.
          </p>
        ) : null}
      </Panel>
      <Panel title="Issued by">
        <p className="medium">{seller.name}</p>
        {seller.address.trim() === "" ? (
          <p className="small muted">No address yet: an admin can enter it in the settings.</p>
        ) : (
          <p className="muted pre-line">{seller.address}</p>
        )}
        {seller.terms.trim() === "" ? null : <p className="small muted pre-line">{seller.terms}</p>}
      </Panel>
    </aside>
  );
}
