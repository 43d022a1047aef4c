import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, Eye, Plus, ScanEye, SquareArrowOutUpRight } from "lucide-react";
import { useState } from "react";
import { flushSync } from "react-dom";
import type { OrganizationRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useSeeAsReason, useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import type { ListSearch } from "../../table/listSearch";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { ORGANIZATION_COLUMNS } from "./columns";
import { NewOrganizationDialog } from "./NewOrganizationDialog";

const USUAL: Sort = { column: "name", descending: false };

export function OrganizationsPage() {
  const search = useSearch({ from: "/organizations" });
  const navigate = useNavigate();
  const reason = useWriteReason("organizations");
  const seeAsReason = useSeeAsReason();
  const whoSeesReason = useWhoSeesReason();
  const { preferences } = usePreferences();
  const [creating, setCreating] = useState(false);
  const request = listRequest(search, ORGANIZATION_COLUMNS, USUAL);
  const read = useReadPages(
    "organizations.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<OrganizationRow>(read);
  const open = (id: number) => void navigate({ to: "/organizations/$id", params: { id } });
  const openCreated = (id: number) => {
    // The form must be gone before its page is left, or it would ask about what has just been saved.
    flushSync(() => setCreating(false));
    open(id);
  };
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setCreating(true)}>
      New organization
    </Button>
  );

  return (
    <>
      <PageHeader title="Organizations">{create}</PageHeader>
      <DataGrid
        grid="organizations"
        label="Organizations"
        one="organization"
        many="organizations"
        columns={ORGANIZATION_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next: ListSearch) => void navigate({ to: "/organizations", search: next, replace: true })}
        searchHint="Name or ID"
        singleLetters={preferences.single_key_shortcuts}
        onOpen={(row) => open(row.id)}
        actions={(row) => [
          {
            kind: "item",
            label: "Open",
            icon: SquareArrowOutUpRight,
            shortcut: "Enter",
            onSelect: () => open(row.id),
          },
          {
            kind: "item",
            label: "See as customer…",
            icon: Eye,
            disabledReason: seeAsReason,
            onSelect: () =>
              asked.set({ dialog: "see_as", organization: { id: row.id, name: row.name }, ticketNumber: null }),
          },
          {
            kind: "item",
            label: "Who can see this…",
            icon: ScanEye,
            disabledReason: whoSeesReason,
            onSelect: () => asked.set({ dialog: "who_sees", kind: "organization", id: row.id, title: row.name }),
          },
          { kind: "separator" },
          { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
          { kind: "item", label: "Copy name", icon: Copy, onSelect: () => void copyText(row.name, "Name copied") },
        ]}
        onExport={(wanted) => call("organizations.export", wanted)}
        empty={{
          icon: Building2,
          title: "No organizations yet",
          text: "An organization is a customer: its wallet, servers, users and tickets hang together here.",
          action: create,
        }}
      />
      {creating ? <NewOrganizationDialog onClose={() => setCreating(false)} onCreated={openCreated} /> : null}
    </>
  );
}

function rowId(row: OrganizationRow): number {
  return row.id;
}

function rowName(row: OrganizationRow): string {
  return row.name;
}
