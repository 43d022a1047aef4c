import type { IntentRow } from "../bindings/contract";
import { useWrite } from "../ipc/queries";
import { Button } from "../ui/Button";
import { StatusBadge } from "../ui/StatusBadge";
import { Time, Unknown } from "../ui/Text";
import { showToast } from "../ui/Toast";
import { intentName, intentPercent, intentProgress, intentState, isOver } from "./intents";
import "./intents.css";

type IntentsTableProps = { readonly rows: ReadonlyArray<IntentRow>; readonly withdrawReason: string | null };

/** What is and was done to a server or a container, with how far it is; what still waits can be taken back. */
export function IntentsTable({ rows, withdrawReason }: IntentsTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="panel-scroll intents-table selectable" aria-label="Rows of what was done" tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">How it goes</th>
            <th scope="col">Asked for by</th>
            <th scope="col" className="right">
              Asked for
            </th>
            <th scope="col" className="right">
              Ended
            </th>
            <th scope="col">
              <span className="sr-only">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <span className="medium">{intentName(row.kind)}</span>
                {row.plan === null ? null : (
                  <span className="muted">
                    {" "}
                    {row.kind === "order" || row.kind === "create" ? "on" : "to"} {row.plan}
                  </span>
                )}
              </td>
              <td>
                <StatusBadge look={intentState(row.state)} plain />
              </td>
              <td className="cell-wide" title={intentProgress(row)}>
                {intentProgress(row)}
                {intentPercent(row) === null ? null : <span className="num muted"> {intentPercent(row)}%</span>}
              </td>
              <td className="cell-name">{row.requested_by ?? "A program"}</td>
              <td className="right">
                <Time at={row.requested_at} />
              </td>
              <td className="right">{isOver(row) ? <Time at={row.finished_at} /> : <Unknown why="Not over" />}</td>
              <td className="right">
                {row.state === "waiting" ? <Withdraw row={row} reason={withdrawReason} /> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Takes one back of which nothing was sent. */
export function Withdraw({ row, reason }: { readonly row: IntentRow; readonly reason: string | null }) {
  const withdraw = useWrite("intents.withdraw");
  return (
    <>
      {withdraw.error === null ? null : (
        <span className="small fg-danger" role="alert">
          {withdraw.error.error.message}{" "}
        </span>
      )}
      <Button
        size="sm"
        variant="ghost"
        pending={withdraw.isPending}
        disabledReason={reason}
        onClick={() =>
          // Told by the promise: what waits is gone from the page before a callback would be called.
          void withdraw.mutateAsync({ id: row.id }).then(
            () => showToast({ title: `${intentName(row.kind)} withdrawn`, description: "Nothing was sent." }),
            () => undefined,
          )
        }
      >
        Withdraw
      </Button>
    </>
  );
}
