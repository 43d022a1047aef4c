import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeftRight, Building2, Copy, PanelRight, Plus, ScanEye } from "lucide-react";
import { useState } from "react";
import type { Sort, TransactionRow } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { TRANSACTION_COLUMNS, typeLabel } from "./columns";
import { DepositDialog } from "./DepositDialog";
import { TransactionGlance } from "./TransactionGlance";

const USUAL: Sort = { column: "created_at", descending: true };

export function TransactionsPage() {
  const search = useSearch({ from: "/transactions" });
  const navigate = useNavigate();
  const reason = useWriteReason("transactions");
  const whoSeesReason = useWhoSeesReason();
  const { preferences } = usePreferences();
  const [depositing, setDepositing] = useState(false);
  const request = listRequest(search, TRANSACTION_COLUMNS, USUAL);
  const read = useReadPages(
    "transactions.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<TransactionRow>(read);
  const deposit = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setDepositing(true)}>
      Post deposit
    </Button>
  );

  return (
    <>
      <PageHeader title="Transactions">{deposit}</PageHeader>
      <DataGrid
        grid="transactions"
        label="Transactions"
        one="transaction"
        many="transactions"
        columns={TRANSACTION_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/transactions", search: next, replace: true })}
        searchHint="Organization or payment ID"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => <TransactionGlance row={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/transactions", search: { ...search, id: row.id }, replace: true }),
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
          {
            kind: "item",
            label: "Who can see this…",
            icon: ScanEye,
            disabledReason: whoSeesReason,
            onSelect: () =>
              asked.set({ dialog: "who_sees", kind: "transaction", id: row.id, title: `transaction ${row.id}` }),
          },
          { kind: "separator" },
          { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
          {
            kind: "item",
            label: "Copy payment ID",
            icon: Copy,
            disabledReason: row.payment_id === null ? "It has none." : null,
            onSelect: () => void copyText(row.payment_id ?? "", "Payment ID copied"),
          },
        ]}
        onExport={(wanted) => call("transactions.export", wanted)}
        empty={{
          icon: ArrowLeftRight,
          title: "No transactions yet",
          text: "Every movement of every wallet stands here: deposits, charges, refunds and adjustments.",
          action: deposit,
        }}
      />
      {depositing ? <DepositDialog organization={null} onClose={() => setDepositing(false)} /> : null}
    </>
  );
}

function rowId(row: TransactionRow): number {
  return row.id;
}

function rowName(row: TransactionRow): string {
  return `${typeLabel(row.type) ?? "Transaction"} ${row.id}`;
}
