import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, CalendarCheck2, Copy, Download, FileText, PanelRight, ReceiptText, Save } from "lucide-react";
import { useState } from "react";
import type { InvoiceRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { Menu } from "../../ui/Menu";
import { PageHeader } from "../../ui/PageHeader";
import { CloseMonthDialog } from "./CloseMonthDialog";
import { INVOICE_COLUMNS, invoiceName } from "./columns";
import { InvoiceGlance } from "./InvoiceGlance";
import { theseInvoices, useSaveInvoices } from "./useSaveInvoices";

const USUAL: Sort = { column: "created_at", descending: true };

export function InvoicesPage() {
  const search = useSearch({ from: "/invoices" });
  const navigate = useNavigate();
  const reason = useWriteReason("invoices");
  const { preferences } = usePreferences();
  const [closing, setClosing] = useState(false);
  const files = useSaveInvoices();
  const request = listRequest(search, INVOICE_COLUMNS, USUAL);
  const read = useReadPages(
    "invoices.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<InvoiceRow>(read);
  const close = (
    <Button variant="primary" icon={CalendarCheck2} disabledReason={reason} onClick={() => setClosing(true)}>
      Close a month…
    </Button>
  );

  return (
    <>
      <PageHeader title="Invoices">
        {files.problem === null ? null : (
          <span className="small fg-danger" role="alert">
            {files.problem}
          </span>
        )}
        <Menu
          align="end"
          trigger={
            <Button icon={Download} pending={files.busy}>
              Save as
            </Button>
          }
          entries={[
            { kind: "label", label: "All that the list matches" },
            { kind: "item", label: "Workbook (XLSX)", onSelect: () => void files.save("xlsx", request) },
            { kind: "item", label: "Lines (CSV)", onSelect: () => void files.save("csv", request) },
            { kind: "item", label: "One PDF for printing", onSelect: () => void files.save("pdf", request) },
          ]}
        />
        {close}
      </PageHeader>
      <DataGrid
        grid="invoices"
        label="Invoices"
        one="invoice"
        many="invoices"
        columns={INVOICE_COLUMNS}
        rowId={rowId}
        rowName={invoiceName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/invoices", search: next, replace: true })}
        searchHint="Number or organization"
        singleLetters={preferences.single_key_shortcuts}
        onOpen={(row) => void navigate({ to: "/invoices/$id", params: { id: row.id } })}
        glance={(row) => <InvoiceGlance row={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Open invoice",
            icon: FileText,
            shortcut: "Enter",
            onSelect: () => void navigate({ to: "/invoices/$id", params: { id: row.id } }),
          },
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/invoices", search: { ...search, id: row.id }, replace: true }),
          },
          {
            kind: "item",
            label: "Open organization",
            icon: Building2,
            disabledReason: row.organization_id === null ? "It belongs to no organization." : null,
            onSelect: () => {
              if (row.organization_id === null) return;
              void navigate({ to: "/organizations/$id", params: { id: row.organization_id } });
            },
          },
          { kind: "separator" },
          {
            kind: "item",
            label: "Save PDF",
            icon: Save,
            disabledReason: row.of_close ? null : "Open it: what another program wrote can’t always be printed.",
            onSelect: () => void files.save("pdf", theseInvoices([row.id])),
          },
          {
            kind: "item",
            label: "Copy number",
            icon: Copy,
            disabledReason: row.number === null ? "It has none." : null,
            onSelect: () => void copyText(row.number ?? "", "Number copied"),
          },
        ]}
        selectionActions={(ids) => (
          <Button
            size="sm"
            icon={Save}
            pending={files.busy}
            disabledReason={ids === null ? "Not all of the selected rows have been read. Use “Save as” above." : null}
            onClick={() => void files.save("pdf", theseInvoices(ids ?? []))}
          >
            Save PDF
          </Button>
        )}
        onExport={(wanted) => call("invoices.export", wanted)}
        empty={{
          icon: ReceiptText,
          title: "No invoices yet",
          text: "When a month is over, closing it issues one invoice to each organization that has used something.",
          action: close,
        }}
      />
      {closing ? <CloseMonthDialog onClose={() => setClosing(false)} /> : null}
    </>
  );
}

function rowId(row: InvoiceRow): number {
  return row.id;
}
