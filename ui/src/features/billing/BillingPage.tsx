import { useNavigate, useSearch } from "@tanstack/react-router";
import { Copy, PanelRight, ReceiptText, SquareArrowOutUpRight } from "lucide-react";
import type { RunRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { copyText } from "../../ui/copyText";
import { BillingFrame } from "./BillingFrame";
import { RUN_COLUMNS } from "./columns";
import { RunGlance } from "./RunGlance";

const USUAL: Sort = { column: "id", descending: true };

/** Every run there has been, newest first. */
export function BillingPage() {
  const search = useSearch({ from: "/billing" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const request = listRequest(search, RUN_COLUMNS, USUAL);
  const read = useReadPages(
    "billing.runs",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<RunRow>(read);
  const open = (row: RunRow) => void navigate({ to: "/billing/$id", params: { id: row.id } });
  return (
    <BillingFrame tab="runs">
      <DataGrid
        grid="billing-runs"
        label="Billing runs"
        one="run"
        many="runs"
        columns={RUN_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/billing", search: next, replace: true })}
        searchHint="Run or e-mail of who ran it"
        singleLetters={preferences.single_key_shortcuts}
        onOpen={open}
        glance={(row) => <RunGlance run={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Open run",
            icon: SquareArrowOutUpRight,
            shortcut: "Enter",
            onSelect: () => open(row),
          },
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/billing", search: { ...search, id: row.id }, replace: true }),
          },
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy number",
            icon: Copy,
            onSelect: () => void copyText(String(row.id), "Number copied"),
          },
        ]}
        onExport={(wanted) => call("billing.runs_export", wanted)}
        empty={{
          icon: ReceiptText,
          title: "No billing run yet",
          text: "A run charges the whole hours that servers and containers have been used. “Run now” makes the first; csctl does it on a schedule.",
        }}
      />
    </BillingFrame>
  );
}

function rowId(row: RunRow): number {
  return row.id;
}

function rowName(row: RunRow): string {
  return `Run #${row.id}`;
}
