import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, PanelRight, Scale, Server } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { DriftItem, DriftOverview, Remedy, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useRead, useReadPages } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import type { AssignmentDialogProps, AssignmentIntent } from "../../lib/assignments";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { onlyRow } from "../../table/linkSearch";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { DRIFT_COLUMNS } from "./columns";
import { DriftAges } from "./DriftAges";
import { DriftGlance } from "./DriftGlance";
import { DriftSums } from "./DriftSums";
import { REMEDY } from "./kinds";
import { RemedyDialog } from "./RemedyDialog";
import "./drift.css";

const USUAL: Sort = { column: "monthly", descending: true };

/** Assigning belongs to another feature; the route brings its dialog along. */
type DriftPageProps = { readonly renderAssignment: (dialog: AssignmentDialogProps) => ReactNode };

type Open =
  | { readonly what: "assignment"; readonly intent: AssignmentIntent }
  | { readonly what: "remedy"; readonly remedy: Remedy; readonly row: DriftItem };

export function DriftPage({ renderAssignment }: DriftPageProps) {
  const search = useSearch({ from: "/drift" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const overview = useRead("drift.overview", {});
  const reasons = useReasons(overview.data);
  const [open, setOpen] = useState<Open | null>(null);
  const request = listRequest(search, DRIFT_COLUMNS, USUAL);
  const read = useReadPages(
    "drift.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<DriftItem>(read);
  const close = () => setOpen(null);

  return (
    <>
      <PageHeader title="Drift" note={<DriftAges accounts={overview.data?.accounts} />} />
      <DriftSums
        overview={overview.data}
        error={overview.error?.error ?? null}
        onRetry={() => void overview.refetch()}
        search={search}
        onSearch={(next) => void navigate({ to: "/drift", search: next, replace: true })}
      />
      <DataGrid
        grid="drift"
        label="Drift"
        one="difference"
        many="differences"
        columns={DRIFT_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/drift", search: next, replace: true })}
        searchHint="Name, number, organization"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => (
          <DriftGlance row={row} reasonOf={reasons} onRemedy={(remedy) => setOpen(opened(row, remedy))} />
        )}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/drift", search: { ...search, id: row.key }, replace: true }),
          },
          {
            kind: "item",
            label: row.resource_kind === "vps" ? "Show in servers" : "Show in containers",
            icon: Server,
            disabledReason: row.kind === "deleted_here" ? "It is deleted here." : null,
            onSelect: () =>
              void navigate({
                to: row.resource_kind === "vps" ? "/servers" : "/containers",
                search: onlyRow(row.resource_id),
              }),
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
          { kind: "separator" },
          ...row.remedies.map((remedy) => ({
            kind: "item" as const,
            label: `${REMEDY[remedy].label}…`,
            disabledReason: reasons(remedy),
            danger: REMEDY[remedy].danger,
            onSelect: () => setOpen(opened(row, remedy)),
          })),
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy provider ID",
            icon: Copy,
            onSelect: () => void copyText(row.external_id, "Provider ID copied"),
          },
        ]}
        onExport={(wanted) => call("drift.export", wanted)}
        empty={{
          icon: Scale,
          title: "No drift",
          text: "Providers and database agree, as far as the accounts have been read. What differs after a sync stands here, with what it is worth and what helps.",
        }}
      />
      {open?.what === "assignment" ? renderAssignment({ intent: open.intent, onClose: close }) : null}
      {open?.what === "remedy" ? <RemedyDialog row={open.row} remedy={open.remedy} onClose={close} /> : null}
    </>
  );
}

/** Why this person may not, by remedy. */
function useReasons(overview: DriftOverview | undefined): (remedy: Remedy) => string | null {
  const general = useWriteReason("servers");
  const power = useWriteReason("power");
  return (remedy) => {
    const isPower = remedy === "boot" || remedy === "shutdown";
    return reasonAgainst(overview?.actions ?? [], isPower ? "power" : "edit", isPower ? power : general);
  };
}

function opened(row: DriftItem, remedy: Remedy): Open {
  if (remedy !== "assign" && remedy !== "end_assignment") return { what: "remedy", remedy, row };
  return {
    what: "assignment",
    intent: {
      action: remedy === "assign" ? "assign" : "release",
      kind: row.resource_kind,
      targets: [
        {
          id: row.resource_id,
          label: row.label,
          createdAt: null,
          planId: row.plan_id,
          plan: row.plan,
          organization: row.organization,
        },
      ],
    },
  };
}

function rowId(row: DriftItem): number {
  return row.key;
}

function rowName(row: DriftItem): string {
  return row.label;
}
