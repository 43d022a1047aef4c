import { Archive, Camera, History } from "lucide-react";
import { useState } from "react";
import type { BackupInfo, ServerBackups, ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { Panel } from "../../ui/Panel";
import { Badge } from "../../ui/StatusBadge";
import type { Tone } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";
import { DestroyDialog } from "./DestroyDialog";
import { Live, liveReason } from "./live";
import { formatMegabytes } from "./words";

type BackupsTabProps = {
  readonly detail: ServerDetail;
  readonly target: { readonly id: number; readonly name: string };
  readonly reasons: {
    readonly snapshot: string | null;
    readonly enable: string | null;
    readonly restore: string | null;
  };
  readonly onSnapshot: () => void;
  readonly onEnable: () => void;
};

export function BackupsTab({ detail, target, reasons, onSnapshot, onEnable }: BackupsTabProps) {
  const read = useRead("servers.provider_backups", { id: target.id }, { enabled: liveReason(detail) === null });
  const [restoring, setRestoring] = useState<BackupInfo | null>(null);
  const on = detail.observed?.backups ?? null;
  return (
    <>
      <Panel
        title="Backups"
        count={on === null ? undefined : on ? "on" : "off"}
        actions={
          on === false ? (
            <Button size="sm" icon={Archive} disabledReason={reasons.enable} onClick={onEnable}>
              Switch backups on…
            </Button>
          ) : (
            <Button size="sm" icon={Camera} disabledReason={reasons.snapshot} onClick={onSnapshot}>
              Take snapshot…
            </Button>
          )
        }
      >
        <Live detail={detail} read={read} what="The backups">
          {(answer) => (
            <BackupTable
              rows={rowsOf(answer)}
              restoreReason={reasons.restore}
              off={on === false}
              onRestore={setRestoring}
            />
          )}
        </Live>
      </Panel>
      {restoring === null ? null : (
        <DestroyDialog
          target={target}
          act={{ kind: "restore", backup: restoring.id }}
          verb="Restore"
          currency={detail.wallet?.currency ?? null}
          onClose={() => setRestoring(null)}
          consequences={[
            "Everything that is on its disks now is lost, and what the backup holds takes its place.",
            <>
              The backup: {restoring.label ?? "made by Linode"}, of <Time at={restoring.created_at} style="detail" />.
            </>,
            "It is shut down for it and stays off afterwards; start it when Linode is done.",
            "Its addresses, its plan and its price stay as they are.",
          ]}
        />
      )}
    </>
  );
}

type Row = { readonly backup: BackupInfo; readonly kind: string };

function rowsOf(answer: ServerBackups): ReadonlyArray<Row> {
  const one = (backup: BackupInfo | null, kind: string) => (backup === null ? [] : [{ backup, kind }]);
  return [
    ...one(answer.in_progress, "Snapshot, being taken"),
    ...one(answer.snapshot, "Snapshot"),
    ...answer.automatic.map((backup) => ({ backup, kind: "Made by Linode" })),
  ];
}

const TONES: Readonly<Record<string, Tone>> = {
  successful: "success",
  failed: "danger",
  userAborted: "neutral",
  pending: "info",
  running: "info",
  needsPostProcessing: "info",
  paused: "warning",
};

type BackupTableProps = {
  readonly rows: ReadonlyArray<Row>;
  readonly restoreReason: string | null;
  readonly off: boolean;
  readonly onRestore: (backup: BackupInfo) => void;
};

function BackupTable({ rows, restoreReason, off, onRestore }: BackupTableProps) {
  if (rows.length === 0) {
    return (
      <p className="panel-empty muted">
        {off ? "Backups are off. Switched on, Linode makes one a day." : "No backup has been made yet."}
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="panel-scroll selectable" aria-label="Rows of backups" tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">Backup</th>
            <th scope="col">Name</th>
            <th scope="col">Status</th>
            <th scope="col" className="right">
              Disks
            </th>
            <th scope="col" className="right">
              Begun
            </th>
            <th scope="col">
              <span className="sr-only">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ backup, kind }) => (
            <tr key={backup.id}>
              <td>{kind}</td>
              <td className="cell-name">{backup.label ?? <Unknown why="No name" />}</td>
              <td>
                <Badge tone={TONES[backup.status ?? ""] ?? "neutral"}>{backup.status ?? "not told"}</Badge>
              </td>
              <td className="right num">{backup.size_mb === null ? <Unknown /> : formatMegabytes(backup.size_mb)}</td>
              <td className="right">
                <Time at={backup.created_at} />
              </td>
              <td className="right">
                <Button
                  size="sm"
                  icon={History}
                  disabledReason={
                    restoreReason ?? (backup.available === false ? "Nothing can be restored from it yet." : null)
                  }
                  onClick={() => onRestore(backup)}
                >
                  Restore…
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
