import { useState } from "react";
import type { InvoiceFileFormat, ListRequest } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { asCallError } from "../../ipc/error";
import { plural } from "../../lib/format";
import { copyText } from "../../ui/copyText";
import { showToast } from "../../ui/Toast";

export type SaveInvoices = {
  /** Writes all invoices that match, and says where. */
  readonly save: (format: InvoiceFileFormat, list: ListRequest) => Promise<void>;
  readonly busy: boolean;
  /** Why nothing was written. */
  readonly problem: string | null;
};

/** The request for these invoices and no others. */
export function theseInvoices(ids: ReadonlyArray<number>): ListRequest {
  return {
    search: null,
    filters: [{ column: "id", op: "is", values: ids.map(String) }],
    sort: null,
    after: null,
    limit: 200,
  };
}

export function useSaveInvoices(): SaveInvoices {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function save(format: InvoiceFileFormat, list: ListRequest): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const { path, invoices, left_out } = await call("invoices.save", { format, list });
      const without = left_out === 0 ? "" : `, without ${left_out} of another program`;
      showToast({
        title: `${plural(invoices, "invoice")} saved${without}`,
        description: path,
        action: { label: "Copy path", onSelect: () => void copyText(path, "Path copied") },
      });
    } catch (reason) {
      setProblem(asCallError(reason)?.error.message ?? "The file was not written. Try again.");
    } finally {
      setBusy(false);
    }
  }
  return { save, busy, problem };
}
