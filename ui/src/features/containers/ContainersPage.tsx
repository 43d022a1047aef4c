import { useNavigate, useSearch } from "@tanstack/react-router";
import { Box, Building2, Copy, FileText, Link2, ListPlus, PanelRight, Plus, ScanEye } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ContainerAct, ContainerRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages, useWrite } from "../../ipc/queries";
import { useSession, useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import {
  type AssignmentDialogProps,
  type AssignmentIntent,
  type AssignmentTarget,
  assignmentEntries,
} from "../../lib/assignments";
import { OpenIntents } from "../../lib/OpenIntents";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { ActDialog, told } from "./ActDialog";
import { AddContainerDialog } from "./AddContainerDialog";
import { actEntries } from "./acts";
import { ContainerGlance } from "./ContainerGlance";
import { CONTAINER_COLUMNS, containerName } from "./columns";
import { NewContainerDialog } from "./NewContainerDialog";
import "./containers.css";

const USUAL: Sort = { column: "name", descending: false };

/** Assigning belongs to another feature; the route brings its dialog along. */
type ContainersPageProps = { readonly renderAssignment: (dialog: AssignmentDialogProps) => ReactNode };

export function ContainersPage({ renderAssignment }: ContainersPageProps) {
  const search = useSearch({ from: "/containers" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const reason = useWriteReason("containers");
  const whoSeesReason = useWhoSeesReason();
  const [open, setOpen] = useState<"new" | "add" | null>(null);
  const [acting, setActing] = useState<{ row: ContainerRow; act: Exclude<ContainerAct, "start"> } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const start = useWrite("containers.act");
  const { role } = useSession().session;
  // Support staff turn on and off what they can't change.
  const power = role === "support" ? null : reason;
  const [intent, setIntent] = useState<AssignmentIntent | null>(null);
  const request = listRequest(search, CONTAINER_COLUMNS, USUAL);
  const read = useReadPages(
    "containers.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ContainerRow>(read);
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setOpen("new")}>
      New container
    </Button>
  );

  function act(row: ContainerRow, wanted: ContainerAct): void {
    setProblem(null);
    if (wanted !== "start") {
      setActing({ row, act: wanted });
      return;
    }
    start.mutate(
      { container_id: row.id, act: "start", key: crypto.randomUUID() },
      {
        onSuccess: (placed) => told(containerName(row), "start", placed),
        onError: ({ error }) => setProblem(`${containerName(row)} was not started. ${error.message}`),
      },
    );
  }

  return (
    <>
      <PageHeader title="Containers">
        <Button icon={ListPlus} disabledReason={reason} onClick={() => setOpen("add")}>
          Record by hand…
        </Button>
        {create}
      </PageHeader>
      <Creations withdrawReason={reason} />
      {problem === null ? null : (
        <p className="notice notice-danger" role="alert">
          {problem}
        </p>
      )}
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
        onOpen={(row) => void navigate({ to: "/containers/$id", params: { id: row.id } })}
        actions={(row) => [
          {
            kind: "item",
            label: "Open",
            icon: FileText,
            shortcut: "Enter",
            onSelect: () => void navigate({ to: "/containers/$id", params: { id: row.id } }),
          },
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
          ...actEntries(row, { power, edit: reason }, (wanted) => act(row, wanted)),
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
          text: "Add a Docker host under Providers: its containers appear here. New ones are made on a host for an organization, and billed by the hour.",
          action: create,
        }}
      />
      {open === "add" ? <AddContainerDialog onClose={() => setOpen(null)} /> : null}
      {open === "new" ? <NewContainerDialog disabledReason={reason} onClose={() => setOpen(null)} /> : null}
      {acting === null ? null : (
        <ActDialog
          row={acting.row}
          act={acting.act}
          disabledReason={acting.act === "remove" ? reason : power}
          onClose={() => setActing(null)}
        />
      )}
      {intent === null ? null : renderAssignment({ intent, onClose: () => setIntent(null) })}
    </>
  );
}

const UNDER_WAY = ["waiting", "sending", "running", "unknown"];
const CREATIONS_MAX = 5;

/** Containers that are being made: they are in no list before their host has them. */
function Creations({ withdrawReason }: { readonly withdrawReason: string | null }) {
  const read = useRead(
    "servers.intents",
    {
      search: null,
      filters: [
        { column: "kind", op: "is", values: ["create"] },
        { column: "state", op: "is", values: UNDER_WAY },
      ],
      sort: { column: "id", descending: true },
      after: null,
      limit: CREATIONS_MAX,
    },
    { keepPrevious: true },
  );
  const rows = read.data?.rows ?? [];
  if (rows.length === 0) return null;
  const more = (read.data?.total ?? 0) - rows.length;
  return (
    <section className="creations" aria-label="Containers that are being made">
      <OpenIntents rows={rows} withdrawReason={withdrawReason} labelled />
      {more > 0 ? <p className="small muted">And {more} more.</p> : null}
    </section>
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
