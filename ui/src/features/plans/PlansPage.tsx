import { useNavigate, useSearch } from "@tanstack/react-router";
import { CircleDollarSign, Copy, Download, PanelRight, Pencil, Plus, Power, Tags } from "lucide-react";
import { useState } from "react";
import type { PlanRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { showToast } from "../../ui/Toast";
import { ChangePriceDialog } from "./ChangePriceDialog";
import { PLAN_COLUMNS } from "./columns";
import { ImportDialog } from "./ImportDialog";
import { PlanDialog } from "./PlanDialog";
import { PlanGlance } from "./PlanGlance";
import "./plans.css";

const USUAL: Sort = { column: "name", descending: false };

type OpenDialog = { what: "new" } | { what: "import" } | { what: "edit" | "price"; plan: PlanRow };

export function PlansPage() {
  const search = useSearch({ from: "/plans" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const reason = useWriteReason("plans");
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const setActive = useWrite("plans.set_active");
  const request = listRequest(search, PLAN_COLUMNS, USUAL);
  const read = useReadPages(
    "plans.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<PlanRow>(read);
  const close = () => setDialog(null);
  const activate = (row: PlanRow) =>
    setActive.mutate(
      { kind: row.kind, id: row.id, active: !row.is_active },
      {
        onSuccess: () =>
          showToast({
            title: row.is_active ? `${row.name} is not sold any more` : `${row.name} is sold again`,
            ...(row.is_active ? { description: "What runs on it goes on." } : {}),
          }),
        onError: ({ error }) => showToast({ title: "Nothing was changed", description: error.message }),
      },
    );

  return (
    <>
      <PageHeader title="Plans & pricing">
        <Button icon={Download} disabledReason={reason} onClick={() => setDialog({ what: "import" })}>
          Import from Linode
        </Button>
        <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setDialog({ what: "new" })}>
          New plan
        </Button>
      </PageHeader>
      <DataGrid
        grid="plans"
        label="Plans"
        one="plan"
        many="plans"
        columns={PLAN_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/plans", search: next, replace: true })}
        searchHint="Name, type, region"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => (
          <PlanGlance
            row={row}
            reason={reason}
            onChangePrice={() => setDialog({ what: "price", plan: row })}
            onEdit={() => setDialog({ what: "edit", plan: row })}
          />
        )}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/plans", search: { ...search, id: row.key }, replace: true }),
          },
          { kind: "separator" },
          {
            kind: "item",
            label: "Change price\u2026",
            icon: CircleDollarSign,
            disabledReason: reason,
            onSelect: () => setDialog({ what: "price", plan: row }),
          },
          {
            kind: "item",
            label: "Edit\u2026",
            icon: Pencil,
            disabledReason: reason,
            onSelect: () => setDialog({ what: "edit", plan: row }),
          },
          {
            kind: "item",
            label: row.is_active ? "Stop selling" : "Sell again",
            icon: Power,
            disabledReason: reason,
            onSelect: () => activate(row),
          },
          { kind: "separator" },
          { kind: "item", label: "Copy name", icon: Copy, onSelect: () => void copyText(row.name, "Name copied") },
        ]}
        onExport={(wanted) => call("plans.export", wanted)}
        empty={{
          icon: Tags,
          title: "No plans yet",
          text: "A plan says what a server or container costs by the hour. Import Linode’s price list with your markup, or make one by hand.",
          action: (
            <Button
              variant="primary"
              icon={Download}
              disabledReason={reason}
              onClick={() => setDialog({ what: "import" })}
            >
              Import from Linode
            </Button>
          ),
        }}
      />
      {dialog?.what === "new" ? <PlanDialog plan={null} onClose={close} /> : null}
      {dialog?.what === "edit" ? <PlanDialog plan={dialog.plan} onClose={close} /> : null}
      {dialog?.what === "price" ? <ChangePriceDialog plan={dialog.plan} onClose={close} /> : null}
      {dialog?.what === "import" ? <ImportDialog onClose={close} /> : null}
    </>
  );
}

/** Plans of both kinds are one list: the list's own number tells them apart. */
function rowId(row: PlanRow): number {
  return row.key;
}

function rowName(row: PlanRow): string {
  return row.name;
}
