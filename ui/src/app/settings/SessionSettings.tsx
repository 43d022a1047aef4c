import { LogOut, Monitor } from "lucide-react";
import { useState } from "react";
import type { SessionRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useSession } from "../../ipc/session";
import { formatClock } from "../../lib/format";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Segmented } from "../../ui/Segmented";
import { Skeleton } from "../../ui/Skeleton";
import { Badge } from "../../ui/StatusBadge";
import { ROLE } from "../../ui/status";
import { Time } from "../../ui/Text";
import { showToast } from "../../ui/Toast";

const REFETCH_MS = 15_000;

/** Who works at which desk: one's own sessions, and for admins everybody's. */
export function SessionSettings() {
  const { session } = useSession();
  const [everybody, setEverybody] = useState(false);
  const read = useRead("sessions.list", { everybody }, { refetchMs: REFETCH_MS, keepPrevious: true });
  const revoke = useWrite("sessions.revoke");
  const revokeAll = useWrite("sessions.revoke_person");
  const maySeeAll = read.data?.actions.some((action) => action.name === "everybody" && action.allowed) ?? false;
  const rows = read.data?.sessions;
  const others = rows?.filter((row) => row.user_id === session.user_id && !row.is_this) ?? [];
  const failure = revoke.error ?? revokeAll.error;

  return (
    <Panel
      title="Sessions"
      count={rows?.length}
      actions={
        <>
          {maySeeAll && (
            <Segmented
              label="Whose sessions"
              value={everybody ? "all" : "own"}
              onChange={(value) => setEverybody(value === "all")}
              options={[
                { value: "own", label: "Mine" },
                { value: "all", label: "Everybody’s" },
              ]}
            />
          )}
          <Button
            size="sm"
            icon={LogOut}
            pending={revokeAll.isPending}
            disabledReason={others.length === 0 ? "You are signed in nowhere else." : null}
            onClick={() =>
              revokeAll.mutate(
                { id: session.user_id },
                {
                  onSuccess: ({ ended }) =>
                    showToast({
                      title: ended === 1 ? "One other session has ended" : `${ended} other sessions have ended`,
                    }),
                },
              )
            }
          >
            End my others
          </Button>
        </>
      }
    >
      {failure !== null && <ErrorBlock inline title="The session was not ended" error={failure.error} />}
      {read.error !== null && (
        <ErrorBlock
          inline
          title="The sessions could not be read"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      )}
      {rows === undefined && read.error === null && <Skeleton lines={4} />}
      {rows?.length === 0 && (
        <EmptyState icon={Monitor} title="Nobody is signed in">
          Sessions appear here when people sign in at their desks.
        </EmptyState>
      )}
      {rows !== undefined && (
        <ul aria-label="Sessions">
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              ending={revoke.isPending && revoke.variables.id === row.id}
              onEnd={() =>
                revoke.mutate(
                  { id: row.id },
                  { onSuccess: () => showToast({ title: `The session of ${row.name} has ended` }) },
                )
              }
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ row, ending, onEnd }: { row: SessionRow; ending: boolean; onEnd: () => void }) {
  return (
    <li className="setting">
      <div className="grow">
        <p className="medium truncate">
          {row.name} <span className="muted">at {row.desk}</span>
        </p>
        <p className="field-help truncate selectable" title={row.login}>
          {ROLE[row.role]} · {row.client} · since {formatClock(Date.parse(row.opened_at))} · ends{" "}
          {formatClock(Date.parse(row.expires_at))} UTC at the latest
        </p>
      </div>
      {row.is_this ? (
        <Badge tone="success">This desk</Badge>
      ) : (
        <>
          <span className="small muted">
            last used <Time at={row.last_use} />
          </span>
          <Button
            size="sm"
            pending={ending}
            aria-label={`End the session of ${row.name} at ${row.desk}`}
            onClick={onEnd}
          >
            End
          </Button>
        </>
      )}
    </li>
  );
}
