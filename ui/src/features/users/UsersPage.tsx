import { useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, Copy, PanelRight, Plus, ScanEye, ShieldCheck, Users } from "lucide-react";
import { useState } from "react";
import type { Sort, UserRow } from "../../bindings/contract";
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
import { ChangeRoleDialog } from "./ChangeRoleDialog";
import { USER_COLUMNS } from "./columns";
import { NewUserDialog } from "./NewUserDialog";
import { UserGlance } from "./UserGlance";

const USUAL: Sort = { column: "email", descending: false };

type OpenDialog = { readonly kind: "new" } | { readonly kind: "role"; readonly user: UserRow };

export function UsersPage() {
  const search = useSearch({ from: "/users" });
  const navigate = useNavigate();
  const reason = useWriteReason("users");
  const whoSeesReason = useWhoSeesReason();
  const { preferences } = usePreferences();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const request = listRequest(search, USER_COLUMNS, USUAL);
  const read = useReadPages(
    "users.list",
    (after) => ({ ...request, after }),
    (page) => page.next,
    { keepPrevious: true },
  );
  const data = useGridData<UserRow>(read);
  const create = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setDialog({ kind: "new" })}>
      New user
    </Button>
  );

  return (
    <>
      <PageHeader title="Users">{create}</PageHeader>
      <DataGrid
        grid="users"
        label="Users"
        one="user"
        many="users"
        columns={USER_COLUMNS}
        rowId={rowId}
        rowName={rowName}
        data={data}
        request={request}
        search={search}
        onSearch={(next) => void navigate({ to: "/users", search: next, replace: true })}
        searchHint="Name, e-mail, organization"
        singleLetters={preferences.single_key_shortcuts}
        glance={(row) => (
          <UserGlance row={row} disabledReason={reason} onChangeRole={() => setDialog({ kind: "role", user: row })} />
        )}
        actions={(row) => [
          {
            kind: "item",
            label: "Show details",
            icon: PanelRight,
            shortcut: "Space",
            onSelect: () => void navigate({ to: "/users", search: { ...search, id: row.id }, replace: true }),
          },
          {
            kind: "item",
            label: "Change role…",
            icon: ShieldCheck,
            disabledReason: reason,
            onSelect: () => setDialog({ kind: "role", user: row }),
          },
          {
            kind: "item",
            label: "Open organization",
            icon: Building2,
            disabledReason: row.organization_id === null ? "Staff belong to no organization." : null,
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
            onSelect: () => asked.set({ dialog: "who_sees", kind: "user", id: row.id, title: row.email }),
          },
          { kind: "separator" },
          { kind: "item", label: "Copy e-mail", icon: Copy, onSelect: () => void copyText(row.email, "E-mail copied") },
          { kind: "item", label: "Copy ID", icon: Copy, onSelect: () => void copyText(String(row.id), "ID copied") },
        ]}
        onExport={(wanted) => call("users.export", wanted)}
        empty={{
          icon: Users,
          title: "No users yet",
          text: "Staff sign in here; customers belong to an organization and use the customers’ panel.",
          action: create,
        }}
      />
      {dialog?.kind === "new" ? <NewUserDialog onClose={() => setDialog(null)} /> : null}
      {dialog?.kind === "role" ? (
        <ChangeRoleDialog user={dialog.user} disabledReason={reason} onClose={() => setDialog(null)} />
      ) : null}
    </>
  );
}

function rowId(row: UserRow): number {
  return row.id;
}

function rowName(row: UserRow): string {
  return row.email;
}
