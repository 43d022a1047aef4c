import { Link } from "@tanstack/react-router";
import { Ellipsis, KeyRound, Pencil, Plus, Power, RefreshCw, Server, TriangleAlert } from "lucide-react";
import type { Filter, HostRow, TaskRow } from "../../bindings/contract";
import { formatCount } from "../../lib/format";
import { filteredTo } from "../../table/linkSearch";
import { Button, IconButton } from "../../ui/Button";
import { Menu } from "../../ui/Menu";
import { Panel } from "../../ui/Panel";
import { StatusBadge } from "../../ui/StatusBadge";
import { Count, Time, Unknown } from "../../ui/Text";
import { engineText, hostAsksForGone, hostHealth, hostOtherEngine, hostProblem } from "./hostLooks";

export type HostDeed = "sync" | "allow_gone" | "check" | "accept_other" | "replace" | "rename" | "switch";

type HostsPanelProps = {
  readonly hosts: ReadonlyArray<HostRow>;
  readonly tasks: ReadonlyArray<TaskRow>;
  /** Why not. */
  readonly reason: string | null;
  readonly onAdd: () => void;
  readonly onDeed: (host: HostRow, deed: HostDeed) => void;
  readonly onStop: (task: number) => void;
};

/** The computers of one's own whose containers are sold. */
export function HostsPanel({ hosts, tasks, reason, onAdd, onDeed, onStop }: HostsPanelProps) {
  const add = (
    <Button size="sm" icon={Plus} disabledReason={reason} onClick={onAdd}>
      Add Docker host
    </Button>
  );
  return (
    <Panel title="Docker hosts" count={hosts.length} actions={add}>
      {hosts.length === 0 ? (
        <p className="panel-empty muted">
          A computer with Docker brings its containers here: by its socket, an encrypted port or ssh.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        <section className="accounts-scroll" aria-label="Rows of Docker hosts" tabIndex={0}>
          <table className="table">
            <thead className="chrome">
              <tr>
                <th scope="col">Host</th>
                <th scope="col">Health</th>
                <th scope="col">Last read</th>
                <th scope="col" className="right">
                  Containers
                </th>
                <th scope="col" className="right">
                  Running
                </th>
                <th scope="col" className="right">
                  Unassigned
                </th>
                <th scope="col" className="right">
                  Gone
                </th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {hosts.map((row) => (
                <HostLine
                  key={row.id}
                  row={row}
                  task={tasks.find((task) => task.title === `Sync of ${row.label}`) ?? null}
                  reason={reason}
                  onDeed={(deed) => onDeed(row, deed)}
                  onStop={onStop}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}

type LineProps = {
  readonly row: HostRow;
  readonly task: TaskRow | null;
  readonly reason: string | null;
  readonly onDeed: (deed: HostDeed) => void;
  readonly onStop: (task: number) => void;
};

function HostLine({ row, task, reason, onDeed, onStop }: LineProps) {
  const problem = hostProblem(row);
  const off = row.is_active ? null : "The host is switched off.";
  return (
    <>
      <tr data-problem={problem !== null || undefined}>
        <td className="cell-text" title={row.endpoint ?? undefined}>
          <span className="medium">{row.label}</span> <span className="muted">{engineText(row.engine)}</span>
        </td>
        <td>
          <StatusBadge look={hostHealth(row)} plain />
        </td>
        <td>
          <Time at={row.observed_at} unknown="Never read" />
        </td>
        <td className="right">
          <ContainersLink host={row} filters={[]} count={row.containers} />
        </td>
        <td className="right">
          <ContainersLink
            host={row}
            filters={[{ column: "status", op: "is", values: ["running"] }]}
            count={row.running}
          />
        </td>
        <td className="right">
          {row.unassigned === 0 ? (
            <Unknown why="All belong to somebody" />
          ) : (
            <ContainersLink
              host={row}
              filters={[{ column: "assigned", op: "is", values: ["false"] }]}
              count={row.unassigned}
            />
          )}
        </td>
        <td className="right">
          {row.gone === 0 ? (
            <Unknown why="None" />
          ) : (
            <ContainersLink
              danger
              host={row}
              filters={[{ column: "presence", op: "is", values: ["gone"] }]}
              count={row.gone}
            />
          )}
        </td>
        <td className="right">
          <span className="account-actions">
            {task === null ? (
              <Button
                size="sm"
                icon={RefreshCw}
                disabledReason={reason ?? off}
                onClick={() => onDeed("sync")}
                aria-label={`Sync now: ${row.label}`}
              >
                Sync now
              </Button>
            ) : (
              <>
                <span className="muted" role="status">
                  Reading
                </span>
                <Button
                  size="sm"
                  pending={task.state === "stopping"}
                  onClick={() => onStop(task.id)}
                  aria-label={`Stop. ${task.on_cancel}`}
                >
                  Stop
                </Button>
              </>
            )}
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label={`Actions for ${row.label}`} />}
              entries={[
                {
                  kind: "item",
                  label: "Ask what it is",
                  icon: Server,
                  disabledReason: reason,
                  onSelect: () => onDeed("check"),
                },
                {
                  kind: "item",
                  label: "Replace certificates or address…",
                  icon: KeyRound,
                  disabledReason: reason,
                  onSelect: () => onDeed("replace"),
                },
                {
                  kind: "item",
                  label: "Rename…",
                  icon: Pencil,
                  disabledReason: reason,
                  onSelect: () => onDeed("rename"),
                },
                { kind: "separator" },
                {
                  kind: "item",
                  label: row.is_active ? "Switch off…" : "Switch on",
                  icon: Power,
                  disabledReason: reason,
                  onSelect: () => onDeed("switch"),
                },
              ]}
            />
          </span>
        </td>
      </tr>
      {problem === null ? null : (
        <tr className="account-problem">
          <td colSpan={8}>
            <span className="row">
              <TriangleAlert className={hostAsksForGone(row) ? "icon-s fg-warning" : "icon-s fg-danger"} aria-hidden />
              <span className="grow selectable">{problem}</span>
              {hostAsksForGone(row) ? (
                <Button size="sm" disabledReason={reason ?? off} onClick={() => onDeed("allow_gone")}>
                  They are gone…
                </Button>
              ) : null}
              {hostOtherEngine(row) ? (
                <Button size="sm" disabledReason={reason} onClick={() => onDeed("accept_other")}>
                  It has taken its place…
                </Button>
              ) : null}
            </span>
          </td>
        </tr>
      )}
    </>
  );
}

type ContainersLinkProps = {
  readonly host: HostRow;
  readonly filters: ReadonlyArray<Filter>;
  readonly count: number;
  readonly danger?: boolean;
};

/** The list of containers, filtered to the host's. */
function ContainersLink({ host, filters, count, danger = false }: ContainersLinkProps) {
  const search = filteredTo({ column: "host", op: "is", values: [host.label] }, ...filters);
  return (
    <Link to="/containers" search={search} aria-label={`${formatCount(count)} containers of ${host.label}`}>
      <span className={danger ? "fg-danger" : undefined}>
        <Count value={count} />
      </span>
    </Link>
  );
}
