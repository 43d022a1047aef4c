import { Ban, Copy, KeyRound, MonitorSmartphone, RefreshCw, Send } from "lucide-react";
import { useState } from "react";
import type { DeskRow } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useSession, useWriteReason } from "../../ipc/session";
import { formatClock } from "../../lib/format";
import { Button, IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import { ROLE } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";
import { deskState, replaceReason, revokeReason } from "./deskState";
import { InviteDialog } from "./InviteDialog";
import { RevokeDialog } from "./RevokeDialog";
import "./desks.css";

type OpenDialog =
  | { readonly kind: "invite"; readonly replaces: DeskRow | null }
  | { readonly kind: "revoke"; readonly desk: DeskRow };

/** The logins of desks: each computer has one of its own, so that a lost one is cut off alone. */
export function DesksPage() {
  const { role } = useSession().session;
  if (role !== "admin") {
    return (
      <>
        <PageHeader title="Desks" />
        <EmptyState icon={MonitorSmartphone} title="Desks are looked after by admins">
          Only admins can see, invite and revoke desks.
        </EmptyState>
      </>
    );
  }
  return <AdminsDesks />;
}

function AdminsDesks() {
  const read = useRead("desks.list", {});
  const write = useWriteReason("roles");
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const list = read.data;
  const inviteReason = write ?? list?.invite_problem ?? (list === undefined ? "The desks are being read." : null);
  const close = () => setDialog(null);

  return (
    <>
      <PageHeader title="Desks" note="Each computer has a login of its own, so that a lost one is cut off alone.">
        <Button
          variant="primary"
          icon={Send}
          disabledReason={inviteReason}
          onClick={() => setDialog({ kind: "invite", replaces: null })}
        >
          Invite a desk…
        </Button>
      </PageHeader>
      <section className="page-body selectable" aria-label="Desks">
        {read.error !== null && list !== undefined && (
          <p className="notice notice-danger" role="alert">
            {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
          </p>
        )}
        {list !== undefined ? (
          <div className="desks-table">
            <table className="table">
              <thead className="chrome">
                <tr>
                  <th>Desk</th>
                  <th>State</th>
                  <th>Last signed in</th>
                  <th>Program</th>
                  <th className="right">Added</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.rows.map((desk) => (
                  <DeskLine
                    key={desk.login}
                    desk={desk}
                    revokeReason={revokeReason(desk, write)}
                    replaceReason={replaceReason(desk, inviteReason)}
                    onRevoke={() => setDialog({ kind: "revoke", desk })}
                    onReplace={() => setDialog({ kind: "invite", replaces: desk })}
                  />
                ))}
              </tbody>
            </table>
          </div>
        ) : read.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorBlock
            title="The desks could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )}
      </section>
      {dialog?.kind === "invite" && list !== undefined ? (
        <InviteDialog
          replaces={dialog.replaces}
          command={list.command}
          holdsKey={list.holds_workspace_key}
          disabledReason={inviteReason}
          onClose={close}
        />
      ) : null}
      {dialog?.kind === "revoke" ? (
        <RevokeDialog desk={dialog.desk} disabledReason={revokeReason(dialog.desk, write)} onClose={close} />
      ) : null}
    </>
  );
}

type DeskLineProps = {
  readonly desk: DeskRow;
  readonly revokeReason: string | null;
  readonly replaceReason: string | null;
  readonly onRevoke: () => void;
  readonly onReplace: () => void;
};

function DeskLine({ desk, onRevoke, onReplace, ...reasons }: DeskLineProps) {
  return (
    <tr>
      <td>
        <span className="desk-name">
          <b className="medium">{desk.label}</b>
          {desk.is_own && <span className="muted">(this one)</span>}
          {desk.holds_workspace_key && (
            <span title="Holds the workspace key">
              <KeyRound className="icon-xs muted" aria-label="Holds the workspace key" />
            </span>
          )}
        </span>
        <div className="mono muted">{desk.login}</div>
      </td>
      <td>
        <StatusBadge look={deskState(desk)} plain />
        <div className="small muted">
          {desk.revoked_at !== null ? (
            <>
              <Time at={desk.revoked_at} style="detail" />
              {desk.revoked_by === null ? "" : ` by ${desk.revoked_by}`}
            </>
          ) : desk.invited_until !== null && desk.accepted_at === null ? (
            <>
              until <Time at={desk.invited_until} style="detail" />
            </>
          ) : null}
        </div>
      </td>
      <td>
        {desk.last_person === null ? (
          <Unknown why="Nobody yet" />
        ) : (
          <>
            {desk.last_person}{" "}
            <span className="muted">
              {(ROLE as Readonly<Record<string, string>>)[desk.last_role ?? ""] ?? desk.last_role}
            </span>
            <div className="small muted">
              <Time at={desk.last_use ?? desk.last_opened_at} style="detail" />
            </div>
          </>
        )}
      </td>
      <td className="muted">{desk.last_client ?? <Unknown why="None yet" />}</td>
      <td className="right">
        <Time at={desk.added_at} />
      </td>
      <td className="right">
        <span className="desk-actions">
          <IconButton icon={Copy} label="Copy login" onClick={() => void copyText(desk.login, "Login copied")} />
          <IconButton icon={RefreshCw} label="Replace…" disabledReason={reasons.replaceReason} onClick={onReplace} />
          <IconButton icon={Ban} label="Revoke…" disabledReason={reasons.revokeReason} onClick={onRevoke} />
        </span>
      </td>
    </tr>
  );
}
