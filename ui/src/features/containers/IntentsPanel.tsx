import { CircleCheck, CircleHelp, CircleMinus, CircleX, Clock, Loader } from "lucide-react";
import type { IntentRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import type { StatusLook } from "../../ui/status";
import { Time } from "../../ui/Text";

const LOOKS: Readonly<Record<string, StatusLook>> = {
  waiting: { label: "Waiting", tone: "info", icon: Clock },
  sending: { label: "Under way", tone: "info", icon: Loader },
  running: { label: "Under way", tone: "info", icon: Loader },
  unknown: { label: "Not known yet", tone: "warning", icon: CircleHelp },
  done: { label: "Done", tone: "success", icon: CircleCheck },
  failed: { label: "Not carried out", tone: "danger", icon: CircleX },
  undone: { label: "Taken back", tone: "neutral", icon: CircleMinus },
};

const KINDS: Readonly<Record<string, string>> = {
  create: "Creation",
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  remove: "Removal",
};

/** What was asked to be done to the container, and what became of it. */
export function IntentsPanel({ id }: { readonly id: number }) {
  const read = useRead("servers.intents", {
    filters: [{ column: "container_id", op: "is", values: [String(id)] }],
    search: null,
    sort: null,
    after: null,
    limit: 50,
  });
  return (
    <Panel title="What was done" count={read.data === undefined ? undefined : read.data.total}>
      {read.data === undefined ? (
        read.error === null ? (
          <Skeleton lines={2} />
        ) : (
          <ErrorBlock
            inline
            title="What was done could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
          />
        )
      ) : read.data.rows.length === 0 ? (
        <p className="panel-empty muted">Nothing was asked for from here yet.</p>
      ) : (
        <table className="table">
          <thead className="chrome">
            <tr>
              <th scope="col">What</th>
              <th scope="col">State</th>
              <th scope="col">By</th>
              <th scope="col" className="right">
                Asked
              </th>
            </tr>
          </thead>
          <tbody>
            {read.data.rows.map((row) => (
              <Line key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Line({ row }: { readonly row: IntentRow }) {
  const withdraw = useWrite("intents.withdraw");
  return (
    <>
      <tr>
        <td>{KINDS[row.kind] ?? row.kind}</td>
        <td>
          <StatusBadge look={LOOKS[row.state] ?? { label: row.state, tone: "neutral", icon: CircleHelp }} plain />
        </td>
        <td>{row.requested_by ?? "A program"}</td>
        <td className="right">
          {row.state === "waiting" ? (
            <Button
              size="sm"
              disabledReason={row.held_by_somebody ? "Somebody is at it now." : null}
              pending={withdraw.isPending}
              onClick={() => withdraw.mutate({ id: row.id })}
            >
              Take back
            </Button>
          ) : null}{" "}
          <Time at={row.requested_at} />
        </td>
      </tr>
      {row.error === null && withdraw.error === null ? null : (
        <tr>
          <td colSpan={4} className="small muted intent-error">
            {withdraw.error?.error.message ?? row.error}
          </td>
        </tr>
      )}
    </>
  );
}
