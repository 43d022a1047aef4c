import { useNavigate, useSearch } from "@tanstack/react-router";
import { Box, Building2, Copy, Link2, PanelRight, Plus, ScanEye } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ContainerRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import {
  type AssignmentDialogProps,
  type AssignmentIntent,
  type AssignmentTarget,
  assignmentEntries,
} from "../../lib/assignments";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { AddContainerDialog } from "./AddContainerDialog";
import { ContainerGlance } from "./ContainerGlance";
import { CONTAINER_COLUMNS, containerName } from "./columns";

const USUAL: Sort = { column: "name", descending: false };

/** Assigning belongs to another feature; the route brings its dialog along. */
type ContainersPageProps = { readonly renderAssignment: (dialog: AssignmentDialogProps) => ReactNode };

export function ContainersPage({ renderAssignment }: ContainersPageProps) {
  const search = useSearch({ from: "/containers" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const reason = useWriteReason("containers");
  const whoSeesReason = useWhoSeesReason();
  const [adding, setAdding] = useState(false);
  const [intent, setIntent] = useState<AssignmentIntent | null>(null);
  const request = listRequest(search, CONTAINER_COLUMNS, USUAL);
  const read = useReadPages(
    "containers.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ContainerRow>(read);
  const add = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setAdding(true)}>
      Add container
    </Button>
  );

  return (
    <>
      <PageHeader title="Containers">{add}</PageHeader>
      <DataGrid
        grid="containers"
        label="Containers"
        one="container"
        many="containers"
        columns={CONTAINER_COLUMNS}
        rowId={rowId}
        rowName={containerName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/containers", search: next, replace: true })}
        searchHint="Name, image, organization"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => <ContainerGlance row={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/containers", search: { ...search, id: row.id }, replace: true }),
          },
          {
            kind: "item",
            label: "Open organization",
            icon: Building2,
            disabledReason: row.organization_id === null ? "It is assigned to nobody." : null,
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
            onSelect: () => asked.set({ dialog: "who_sees", kind: "container", id: row.id, title: containerName(row) }),
          },
          { kind: "separator" },
          ...assignmentEntries("container", target(row), reason, setIntent),
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy container ID",
            icon: Copy,
            disabledReason: row.container_id === null ? "It has none." : null,
            onSelect: () => void copyText(row.container_id ?? "", "Container ID copied"),
          },
        ]}
        bulk={[
          {
            label: "Assign\u2026",
            icon: Link2,
            disabledReason: reason,
            onSelect: (rows) => setIntent({ action: "assign", kind: "container", targets: rows.map(target) }),
          },
        ]}
        onExport={(wanted) => call("containers.export", wanted)}
        empty={{
          icon: Box,
          title: "No containers yet",
          text: "Containers that run on a host are recorded here, assigned to an organization, and billed by the hour.",
          action: add,
        }}
      />
      {adding ? <AddContainerDialog onClose={() => setAdding(false)} /> : null}
      {intent === null ? null : renderAssignment({ intent, onClose: () => setIntent(null) })}
    </>
  );
}

function target(row: ContainerRow): AssignmentTarget {
  return {
    id: row.id,
    label: containerName(row),
    createdAt: row.created_at,
    planId: row.plan_id,
    plan: row.plan,
    organization: row.organization,
  };
}

function rowId(row: ContainerRow): number {
  return row.id;
}
