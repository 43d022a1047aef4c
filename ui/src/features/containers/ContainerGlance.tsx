import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { Binding, ContainerRow } from "../../bindings/contract";
import { plural } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { StatusBadge } from "../../ui/StatusBadge";
import { containerStatus } from "../../ui/status";
import { Rate, Time, Unknown } from "../../ui/Text";
import { stateOf } from "./columns";

/** What is known of a container. The values of its environment are never here: only names cross to the window. */
export function ContainerGlance({ row }: { readonly row: ContainerRow }) {
  return (
    <>
      <div className="glance-top">
        <StatusBadge look={containerStatus(stateOf(row))} />
        <span>
          <Rate rate={row.hourly_rate} /> <span className="muted">per hour</span>
        </span>
      </div>
      <dl className="facts">
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            "Nobody: it is not billed"
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Plan</dt>
        <dd>{row.plan ?? <Unknown why="No plan: its hours wait for one" />}</dd>
        <dt>Host</dt>
        <dd>{row.host ?? <Unknown why="Nobody knows on which host it is" />}</dd>
        <dt>State told</dt>
        <dd>
          <Time at={row.seen_at} style="detail" unknown="No sync has read it" />
        </dd>
        <dt>Image</dt>
        <dd className="mono">{row.image ?? <Unknown />}</dd>
        <dt>Container ID</dt>
        <dd>
          {row.container_id === null ? (
            <Unknown why="None" />
          ) : (
            <span className="row gap-4">
              <span className="mono truncate">{row.container_id}</span>
              <CopyButton text={row.container_id} label="Copy container ID" iconOnly />
            </span>
          )}
        </dd>
        <dt>Ports</dt>
        <dd>
          <Bindings bindings={row.ports} inner="not published" />
        </dd>
        <dt>Volumes</dt>
        <dd>
          <Bindings bindings={row.volumes} inner="kept by its host" />
        </dd>
        <dt>Environment</dt>
        <dd>
          <EnvironmentNames row={row} />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>Billed until</dt>
        <dd>
          <Time at={row.last_billed_at} style="detail" unknown="Never billed" />
        </dd>
      </dl>
    </>
  );
}

/** Ports or volumes: what is outside leads to what is inside. */
export function Bindings({ bindings, inner }: { readonly bindings: ReadonlyArray<Binding>; readonly inner: string }) {
  if (bindings.length === 0) return "None";
  return (
    <ul className="plain-list">
      {bindings.map((binding) => (
        <li key={`${binding.outside} ${binding.inside}`} className="row gap-4 mono">
          {binding.as_written || binding.outside === null ? null : (
            <>
              {binding.outside}
              <ArrowRight className="icon-xs muted" aria-label="leads to" />
            </>
          )}
          {binding.inside}
          {binding.outside === null && !binding.as_written ? <span className="small muted">{inner}</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** The names of the environment; values are masked. */
export function EnvironmentNames({ row }: { readonly row: ContainerRow }) {
  const hidden = row.environment_unreadable;
  if (row.environment.length === 0 && hidden === 0) return "None";
  return (
    <>
      <ul className="plain-list">
        {row.environment.map((name) => (
          <li key={name} className="mono">
            {name}=<span title="Values stay in the database">••••••••</span>
          </li>
        ))}
      </ul>
      {hidden === 0 ? null : <p className="small muted">{plural(hidden, "entry", "entries")} not shown</p>}
    </>
  );
}
