import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { ExposedRow, KeyStanding } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";

type KeyStandingNoticeProps = {
  readonly standing: KeyStanding;
  /** Whether this desk rotates it now. */
  readonly isRotating: boolean;
  /** Why this desk can't rotate it. */
  readonly disabledReason: string | null;
  /** Why nothing may be changed. */
  readonly editReason: string | null;
  readonly onProblem: (problem: string | null) => void;
};

/** What is left to do of a rotation, and after a loss; nothing when nothing is. */
export function KeyStandingNotice(props: KeyStandingNoticeProps) {
  const { standing, isRotating, disabledReason, editReason, onProblem } = props;
  const [isOpen, setIsOpen] = useState(false);
  const rotate = useWrite("workspace_key.rotate");
  const exposed = standing.exposed;
  return (
    <>
      {standing.is_under_way && !isRotating ? (
        <div className="notice notice-warning key-notice" role="status">
          <KeyRound aria-hidden />
          <span className="grow">
            A rotation of the workspace key is not at its end: {plural(standing.left, "secret")} still under an older
            key. Another desk may be at it, or it was cut off. Everything stays readable.
          </span>
          <Button
            size="sm"
            pending={rotate.isPending}
            disabledReason={disabledReason}
            onClick={() => {
              onProblem(null);
              rotate.mutate({ lost: null }, { onError: ({ error }) => onProblem(error.message) });
            }}
          >
            Finish rotation
          </Button>
        </div>
      ) : null}
      {exposed.length > 0 ? (
        <div className="notice notice-warning key-notice" role="status">
          <KeyRound aria-hidden />
          <span className="grow">
            {plural(exposed.length, "secret")} can be read by whoever has a lost key and an older copy of the database,
            until changed where used.
          </span>
          <Button size="sm" onClick={() => setIsOpen(true)}>
            Show what to change
          </Button>
        </div>
      ) : null}
      {isOpen ? <ExposedDialog rows={exposed} editReason={editReason} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

type ExposedDialogProps = {
  readonly rows: ReadonlyArray<ExposedRow>;
  readonly editReason: string | null;
  readonly onClose: () => void;
};

function ExposedDialog({ rows, editReason, onClose }: ExposedDialogProps) {
  const settle = useWrite("workspace_key.settle");
  return (
    <Dialog
      open
      onClose={onClose}
      title="Secrets to change"
      description="Revoke each token at its provider and replace it here: then it leaves this list. What you have changed elsewhere, a server’s root password, mark as changed."
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {rows.length === 0 ? <p className="muted">Nothing is left.</p> : null}
      <ul className="exposed">
        {rows.map((row) => (
          <li key={`${row.table}.${row.column}.${row.row}`}>
            <span className="grow">
              {exposedName(row)}
              <small className="muted">{row.lost === null ? "" : ` · lost: ${row.lost}`}</small>
            </span>
            <Button
              size="sm"
              variant="ghost"
              disabledReason={editReason}
              pending={settle.isPending && settle.variables.row === row.row && settle.variables.table === row.table}
              onClick={() => settle.mutate({ table: row.table, column: row.column, row: row.row })}
            >
              Mark as changed
            </Button>
          </li>
        ))}
      </ul>
      {settle.error === null ? null : <ErrorBlock inline title="It was not marked" error={settle.error.error} />}
    </Dialog>
  );
}

/** What the secret is, in words. */
export function exposedName(row: Pick<ExposedRow, "table" | "row" | "label">): string {
  const name = row.label ?? `number ${row.row}`;
  if (row.table === "provider_configs") return `Token of the account ${name}`;
  if (row.table === "vps_instances") return `Root password of the server ${name}`;
  if (row.table === "provider_intents") return `Secrets of what is being done: ${name}`;
  return `${row.table} ${name}`;
}
