import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, Link2, PanelRight, Plus, ScanEye, Server, SquareArrowOutUpRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ServerRow, Sort } from "../../bindings/contract";
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
import { ACTS, POWER, POWER_ICON, type PowerKind, powerReason } from "./acts";
import { BulkPowerDialog } from "./BulkPowerDialog";
import { SERVER_COLUMNS, serverName } from "./columns";
import { PowerDialog } from "./PowerDialog";
import { ServerGlance } from "./ServerGlance";
import "./server.css";

const USUAL: Sort = { column: "label", descending: false };

/** Assigning belongs to another feature; the route brings its dialog along. */
type ServersPageProps = { readonly renderAssignment: (dialog: AssignmentDialogProps) => ReactNode };

export function ServersPage({ renderAssignment }: ServersPageProps) {
  const search = useSearch({ from: "/servers" });
  const navigate = useNavigate();
  const { preferences } = usePreferences();
  const reason = useWriteReason("servers");
  const mayPower = useWriteReason("power");
  const [intent, setIntent] = useState<AssignmentIntent | null>(null);
  const [power, setPower] = useState<{ readonly kind: PowerKind; readonly rows: ReadonlyArray<ServerRow> } | null>(
    null,
  );
  const whoSeesReason = useWhoSeesReason();
  const request = listRequest(search, SERVER_COLUMNS, USUAL);
  const read = useReadPages(
    "servers.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ServerRow>(read);

  return (
    <>
      <PageHeader title="Servers">
        <Button
          variant="primary"
          icon={Plus}
          disabledReason={reason}
          onClick={() => void navigate({ to: "/servers/order" })}
        >
          Order server
        </Button>
      </PageHeader>
      <DataGrid
        grid="servers"
        label="Servers"
        one="server"
        many="servers"
        columns={SERVER_COLUMNS}
        rowId={rowId}
        rowName={serverName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/servers", search: next, replace: true })}
        searchHint="Label, IP, organization"
        singleLetters={preferences.single_key_shortcuts}
        onOpen={(row) => void navigate({ to: "/servers/$id", params: { id: row.id } })}
        glance={(row) => <ServerGlance row={row} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Open server",
            icon: SquareArrowOutUpRight,
            shortcut: "Enter",
            onSelect: () => void navigate({ to: "/servers/$id", params: { id: row.id } }),
          },
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/servers", search: { ...search, id: row.id }, replace: true }),
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
            onSelect: () => asked.set({ dialog: "who_sees", kind: "server", id: row.id, title: serverName(row) }),
          },
          { kind: "separator" },
          ...POWER.map((kind) => ({
            kind: "item" as const,
            label: `${ACTS[kind].label}…`,
            icon: POWER_ICON[kind],
            disabledReason: mayPower ?? powerReason(kind, row),
            onSelect: () => setPower({ kind, rows: [row] }),
          })),
          { kind: "separator" },
          ...assignmentEntries("vps", target(row), reason, setIntent),
          { kind: "separator" },
          {
            kind: "item",
            label: "Copy IPv4 address",
            icon: Copy,
            disabledReason: row.ipv4 === null ? "It has none." : null,
            onSelect: () => void copyText(row.ipv4 ?? "", "IPv4 address copied"),
          },
          {
            kind: "item",
            label: "Copy Linode ID",
            icon: Copy,
            disabledReason: row.linode_id === null ? "It has none." : null,
            onSelect: () => void copyText(String(row.linode_id ?? ""), "Linode ID copied"),
          },
        ]}
        bulk={[
          {
            label: "Assign\u2026",
            icon: Link2,
            disabledReason: reason,
            onSelect: (rows) => setIntent({ action: "assign", kind: "vps", targets: rows.map(target) }),
          },
          ...POWER.map((kind) => ({
            label: `${ACTS[kind].label}…`,
            icon: POWER_ICON[kind],
            disabledReason: mayPower,
            onSelect: (rows: ReadonlyArray<ServerRow>) => setPower({ kind, rows }),
          })),
        ]}
        onExport={(wanted) => call("servers.export", wanted)}
        empty={{
          icon: Server,
          title: "No servers yet",
          text: "Servers appear here when they are ordered or found at the provider.",
        }}
      />
      <PowerOf power={power} onClose={() => setPower(null)} />
      {intent === null ? null : renderAssignment({ intent, onClose: () => setIntent(null) })}
    </>
  );
}

type PowerOfProps = {
  readonly power: { readonly kind: PowerKind; readonly rows: ReadonlyArray<ServerRow> } | null;
  readonly onClose: () => void;
};

/** One server is asked about by itself, several together. */
function PowerOf({ power, onClose }: PowerOfProps) {
  const [one, ...others] = power?.rows ?? [];
  if (power === null || one === undefined) return null;
  return others.length === 0 ? (
    <PowerDialog kind={power.kind} target={{ id: one.id, name: serverName(one) }} onClose={onClose} />
  ) : (
    <BulkPowerDialog kind={power.kind} rows={power.rows} onClose={onClose} />
  );
}

function target(row: ServerRow): AssignmentTarget {
  return {
    id: row.id,
    label: serverName(row),
    createdAt: row.created_at,
    planId: row.plan_id,
    plan: row.plan,
    organization: row.organization,
  };
}

function rowId(row: ServerRow): number {
  return row.id;
}
