import type { Inspected } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatClock } from "../../lib/format";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/Text";
import { bytes } from "./figures";

/** A container as its host describes it, asked when a person wants to know. */
export function HostPanel({ id, disabledReason }: { readonly id: number; readonly disabledReason: string | null }) {
  const read = useRead("containers.inspect", { id }, { enabled: disabledReason === null });
  const again = (
    <Button size="sm" disabledReason={disabledReason} pending={read.isFetching} onClick={() => void read.refetch()}>
      Ask again
    </Button>
  );
  return (
    <Panel title="On its host" actions={again}>
      {disabledReason !== null ? (
        <p className="panel-empty muted">{disabledReason}</p>
      ) : read.data !== undefined ? (
        <>
          <Facts seen={read.data} />
          <p className="panel-empty small muted">As of {formatClock(read.dataUpdatedAt)} UTC.</p>
        </>
      ) : read.error === null ? (
        <Skeleton lines={4} label="The host is being asked" />
      ) : (
        <ErrorBlock inline title="The host did not say" error={read.error.error} onRetry={() => void read.refetch()} />
      )}
    </Panel>
  );
}

function Facts({ seen }: { readonly seen: Inspected }) {
  const facts: ReadonlyArray<readonly [string, React.ReactNode]> = [
    ["State", seen.health === null ? seen.state : `${seen.state}, ${seen.health}`],
    ["Started", <Time key="started" at={seen.started} style="detail" unknown="Never" />],
    ...(seen.exit_code === null ? [] : [["Ended with", `code ${seen.exit_code}`] as const]),
    ...(seen.oom_killed ? [["Ended by", "Too little memory"] as const] : []),
    ...(seen.error === null ? [] : [["Last error", seen.error] as const]),
    ["Starts again", seen.restart_policy],
    ["Restarts", String(seen.restarts)],
    ["Processor", seen.cpus === null ? "Not limited" : `${seen.cpus} cores`],
    ["Memory", seen.memory_bytes === null ? "Not limited" : bytes(seen.memory_bytes)],
    ["Disk", seen.disk_limit === null ? "Not limited" : diskLimit(seen.disk_limit)],
    ["Addresses", seen.addresses.join(", ") || "None"],
  ];
  return (
    <dl className="facts container-facts">
      {facts.map(([term, fact]) => (
        <div key={term} className="facts-row">
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

function diskLimit(text: string): string {
  const number = Number(text);
  return Number.isFinite(number) ? bytes(number) : text;
}
