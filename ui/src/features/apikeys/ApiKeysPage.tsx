import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ban, Building2, Copy, KeyRound, PanelRight, Plus } from "lucide-react";
import { useState } from "react";
import type { ApiKeyRow, Sort } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { StatusBadge } from "../../ui/StatusBadge";
import { Time } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { API_KEY_COLUMNS, keyState } from "./columns";
import { NewApiKeyDialog } from "./NewApiKeyDialog";

const USUAL: Sort = { column: "created_at", descending: true };

export function ApiKeysPage() {
  const search = useSearch({ from: "/api-keys" });
  const navigate = useNavigate();
  const reason = useWriteReason("api_keys");
  const { preferences } = usePreferences();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyRow | null>(null);
  const request = listRequest(search, API_KEY_COLUMNS, USUAL);
  const read = useReadPages(
    "api_keys.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<ApiKeyRow>(read);
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setCreating(true)}>
      New API key
    </Button>
  );

  return (
    <>
      <PageHeader title="API keys">{create}</PageHeader>
      <DataGrid
        grid="api-keys"
        label="API keys"
        one="API key"
        many="API keys"
        columns={API_KEY_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/api-keys", search: next, replace: true })}
        searchHint="Name, organization, person"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => <Glance row={row} reason={reason ?? revokedReason(row)} onRevoke={() => setRevoking(row)} />}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/api-keys", search: { ...search, id: row.id }, replace: true }),
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
          { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
          { kind: "separator" },
          {
            kind: "item",
            label: "Revoke…",
            icon: Ban,
            danger: true,
            disabledReason: reason ?? revokedReason(row),
            onSelect: () => setRevoking(row),
          },
        ]}
        onExport={(wanted) => call("api_keys.export", wanted)}
        empty={{
          icon: KeyRound,
          title: "No API keys yet",
          text: "With a key, a customer’s own programs reach the customers’ panel. It is shown once, when it is made.",
          action: create,
        }}
      />
      {creating ? <NewApiKeyDialog onClose={() => setCreating(false)} /> : null}
      {revoking === null ? null : <RevokeDialog row={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

type GlanceProps = { readonly row: ApiKeyRow; readonly reason: string | null; readonly onRevoke: () => void };

function Glance({ row, reason, onRevoke }: GlanceProps) {
  return (
    <>
      <div className="glance-top">
        <span className="medium">{row.name}</span>
        <StatusBadge look={keyState(row)} />
      </div>
      <dl className="facts">
        <dt>Organization</dt>
        <dd>{row.organization ?? "None"}</dd>
        <dt>Person</dt>
        <dd>{row.email ?? "The organization as a whole"}</dd>
        <dt>Last used</dt>
        <dd>
          <Time at={row.last_used_at} style="detail" unknown="Has never been used" />
        </dd>
        <dt>Expires</dt>
        <dd>
          <Time at={row.expires_at} style="detail" unknown="Never, until it is revoked" />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>ID</dt>
        <dd className="mono">{row.id}</dd>
      </dl>
      <div className="glance-actions">
        <Button disabledReason={reason} onClick={onRevoke}>
          Revoke…
        </Button>
      </div>
    </>
  );
}

function RevokeDialog({ row, onClose }: { readonly row: ApiKeyRow; readonly onClose: () => void }) {
  const revoke = useWrite("api_keys.revoke");
  const onSuccess = () => {
    showToast({ title: `${row.name} is revoked` });
    onClose();
  };
  return (
    <ConfirmDialog
      title={`Revoke ${row.name}?`}
      description="Whatever uses this key stops working, at once and for good. A revoked key can’t be brought back."
      action="Revoke key"
      pending={revoke.isPending}
      onConfirm={() => revoke.mutate({ id: row.id }, { onSuccess })}
      onClose={onClose}
      failure={revoke.error && { title: "The key was not revoked", error: revoke.error.error }}
    />
  );
}

function revokedReason(row: ApiKeyRow): string | null {
  return row.state === "revoked" ? "It is revoked already." : null;
}

function rowId(row: ApiKeyRow): number {
  return row.id;
}

function rowName(row: ApiKeyRow): string {
  return row.name;
}
