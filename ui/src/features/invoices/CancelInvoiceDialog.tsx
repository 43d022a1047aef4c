import { useRef, useState } from "react";
import type { ApiError, InvoiceDetail, InvoiceStatus } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { isNothing } from "../../lib/amounts";
import { formatMoney } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { invoiceName } from "./columns";

type CancelInvoiceDialogProps = {
  readonly detail: InvoiceDetail;
  readonly onClose: () => void;
};

/** Nothing brings a cancelled invoice back, so its number is typed first. Mounted while it is open. */
export function CancelInvoiceDialog({ detail, onClose }: CancelInvoiceDialogProps) {
  const { invoice } = detail;
  const name = invoiceName(invoice);
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<ApiError | null>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const cancel = useWrite("invoices.cancel");
  const paid = invoice.amount_paid ?? "0.00";

  function send(): void {
    setFailure(null);
    cancel.mutate(
      // The program offers this for stored statuses only.
      { id: invoice.id, expected_status: invoice.status as InvoiceStatus },
      {
        onSuccess: () => {
          showToast({ title: `${name} is cancelled` });
          onClose();
        },
        onError: ({ error }) => setFailure(error),
      },
    );
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Cancel ${name}?`}
      description="A cancelled invoice stays in the books as cancelled. This can’t be undone."
      initialFocus={keep}
      dirty={cancel.isPending}
      footer={
        <>
          <Button ref={keep} onClick={onClose}>
            Keep invoice
          </Button>
          <Button
            variant="danger"
            pending={cancel.isPending}
            disabledReason={typed.trim() === name ? null : `Type ${name} first.`}
            onClick={send}
          >
            {`Cancel ${name}`}
          </Button>
        </>
      }
    >
      <ul className="consequences">
        <li>Nothing of its {formatMoney(invoice.due, invoice.currency)} is due on this document any more.</li>
        {invoice.of_close ? (
          <li>The hours on its lines stay due: the organization’s next invoice lists them again, as late.</li>
        ) : null}
        {isNothing(paid) ? null : (
          <li>
            {formatMoney(paid as typeof invoice.due, invoice.currency)} that was paid counts towards the next one.
          </li>
        )}
        <li>Its number is never used again.</li>
      </ul>
      <TextField
        label={`Type ${name} to confirm`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {failure === null ? null : <ErrorBlock inline title="The invoice was not cancelled" error={failure} />}
    </Dialog>
  );
}
