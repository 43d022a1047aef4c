import { useNavigate, useSearch } from "@tanstack/react-router";
import {
  Building2,
  Copy,
  KeyRound,
  LogOut,
  PanelRight,
  Plus,
  ScanEye,
  ShieldCheck,
  ShieldOff,
  UserCheck,
  Users,
  UserX,
} from "lucide-react";
import { useState } from "react";
import type { Sort, UserRow } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { usePreferences } from "../../ipc/preferences";
import { useReadPages } from "../../ipc/queries";
import { useSession, useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { asked } from "../../lib/asked";
import { DataGrid } from "../../table/DataGrid";
import { listRequest } from "../../table/filterValues";
import { useGridData } from "../../table/gridData";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { PageHeader } from "../../ui/PageHeader";
import { ChangeRoleDialog } from "./ChangeRoleDialog";
import { USER_COLUMNS } from "./columns";
import { DisableDialog } from "./DisableDialog";
import { EndSessionsDialog, ResetSecondFactorDialog } from "./EndingDialogs";
import { NewUserDialog } from "./NewUserDialog";
import { ResetPasswordDialog } from "./ResetPasswordDialog";
import { UserGlance } from "./UserGlance";

const USUAL: Sort = { column: "email", descending: false };

type OpenDialog =
  | { readonly kind: "new" }
  | { readonly kind: "role" | "disable" | "password" | "second_factor" | "sessions"; readonly user: UserRow };

export function UsersPage() {
  const search = useSearch({ from: "/users" });
  const navigate = useNavigate();
  const reason = useWriteReason("users");
  const whoSeesReason = useWhoSeesReason();
  const { preferences } = usePreferences();
  const { session } = useSession();
  const disableReason = (row: UserRow) =>
    reason ?? (row.id === session.user_id ? "This is you. Ask another admin." : null);
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
          <UserGlance
            row={row}
            disabledReason={reason}
            onChangeRole={() => setDialog({ kind: "role", user: row })}
            disableReason={disableReason(row)}
            onDisable={() => setDialog({ kind: "disable", user: row })}
          />
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
            label: row.is_disabled ? "Enable…" : "Disable…",
            icon: row.is_disabled ? UserCheck : UserX,
            disabledReason: disableReason(row),
            onSelect: () => setDialog({ kind: "disable", user: row }),
          },
          {
            kind: "item",
            label: "Reset password…",
            icon: KeyRound,
            disabledReason: reason ?? noReset(row),
            onSelect: () => setDialog({ kind: "password", user: row }),
          },
          {
            kind: "item",
            label: "Reset second factor…",
            icon: ShieldOff,
            disabledReason: reason ?? noFactor(row, session.user_id),
            onSelect: () => setDialog({ kind: "second_factor", user: row }),
          },
          {
            kind: "item",
            label: "End sessions…",
            icon: LogOut,
            disabledReason: reason ?? (row.role === "user" ? "Customers don’t sign in at desks." : null),
            onSelect: () => setDialog({ kind: "sessions", user: row }),
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
      {dialog?.kind === "disable" ? (
        <DisableDialog user={dialog.user} disabledReason={disableReason(dialog.user)} onClose={() => setDialog(null)} />
      ) : null}
      {dialog?.kind === "password" ? <ResetPasswordDialog user={dialog.user} onClose={() => setDialog(null)} /> : null}
      {dialog?.kind === "second_factor" ? (
        <ResetSecondFactorDialog user={dialog.user} onClose={() => setDialog(null)} />
      ) : null}
      {dialog?.kind === "sessions" ? <EndSessionsDialog user={dialog.user} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

function noReset(row: UserRow): string | null {
  if (row.role === "user") return "Customers choose a new one in the customers’ panel.";
  return row.is_disabled ? "This person is shut out." : null;
}

function noFactor(row: UserRow, me: number): string | null {
  if (!row.has_second_factor) return "This person has no second factor.";
  return row.id === me ? "Disable your own from the menu of the business." : null;
}

function rowId(row: UserRow): number {
  return row.id;
}

function rowName(row: UserRow): string {
  return row.email;
}
