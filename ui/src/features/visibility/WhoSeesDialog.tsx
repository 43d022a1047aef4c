import { Bot, Check, Minus } from "lucide-react";
import type { Onlooker, RowKind } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { onlookerName, peopleText } from "./words";
import "./whoSees.css";

type WhoSeesDialogProps = {
  readonly kind: RowKind;
  readonly id: number;
  readonly title: string;
  readonly onClose: () => void;
};

/** Each role's rights on one row, read from the rules in force. */
export function WhoSeesDialog({ kind, id, title, onClose }: WhoSeesDialogProps) {
  const read = useRead("rows.who_sees", { kind, id });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Who can see ${title}`}
      description="Evaluated for this row by the policies and grants that are in force in the database now."
      width="wide"
    >
      {read.data !== undefined ? (
        <div className="who-sees">
          <table className="table">
            <thead className="chrome">
              <tr>
                <th>Role</th>
                <th>Reads</th>
                <th>Changes</th>
                <th>Hidden columns</th>
                <th>Who that is now</th>
              </tr>
            </thead>
            <tbody>
              {read.data.rows.map((row) => (
                <Row key={`${row.role} ${row.context ?? ""}`} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      ) : read.error === null ? (
        <Skeleton lines={7} />
      ) : (
        <ErrorBlock
          inline
          title="It could not be found out"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      )}
    </Dialog>
  );
}

function Row({ row }: { readonly row: Onlooker }) {
  const machine = row.role === "agent" || row.role === "service";
  return (
    <tr>
      <td>
        <span className="who-sees-role">
          {machine && <Bot className="icon-xs muted" aria-hidden />}
          {onlookerName(row)}
        </span>
        {row.context !== null && <div className="small muted who-sees-context">{row.context}</div>}
      </td>
      <td>
        <Yes on={row.reads} word="Reads it" not="Does not see it" />
      </td>
      <td title={row.changes.join(", ")}>
        {row.changes.length === 0 ? (
          <Yes on={false} word="" not="Changes nothing" />
        ) : (
          <span>{row.changes.length > 2 ? `${row.changes.length} columns` : row.changes.join(", ")}</span>
        )}
      </td>
      <td className="mono who-sees-columns">{row.reads ? row.hidden.join(", ") || "none" : ""}</td>
      <td className="who-sees-people">{peopleText(row)}</td>
    </tr>
  );
}

function Yes({ on, word, not }: { readonly on: boolean; readonly word: string; readonly not: string }) {
  return on ? (
    <span className="fg-success">
      <Check className="icon-s" aria-hidden />
      <span className="sr-only">{word}</span>
    </span>
  ) : (
    <span className="muted">
      <Minus className="icon-s" aria-hidden />
      <span className="sr-only">{not}</span>
    </span>
  );
}
