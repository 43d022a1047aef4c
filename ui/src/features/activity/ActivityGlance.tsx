import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { ActivityChange, ActivityRow } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { onlyRow } from "../../table/linkSearch";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Time, Unknown } from "../../ui/Text";
import { Thing } from "./things";
import "./activity.css";

/** All that the log says of one act, with what was before and what is after. */
export function ActivityGlance({ row }: { readonly row: ActivityRow }) {
  const entry = useRead("activity.get", { id: row.id });
  return (
    <>
      <div className="glance-top">
        <span className="mono">{row.action}</span>
      </div>
      <dl className="facts">
        <dt>Time</dt>
        <dd>
          <Time at={row.created_at} style="detail" unknown="Written without a time" />
        </dd>
        <dt>Who</dt>
        <dd>
          {row.user_id === null ? (
            <Unknown why="A program, over the login below" />
          ) : (
            <Link to="/users" search={onlyRow(row.user_id)}>
              {row.who ?? `User ${row.user_id}`}
            </Link>
          )}
        </dd>
        <dt>As</dt>
        <dd>{row.role ?? <Unknown why="No person’s role" />}</dd>
        <dt>Login</dt>
        <dd className="mono">{row.login ?? <Unknown why="None named" />}</dd>
        <dt>Thing</dt>
        <dd>
          <Thing row={row} />
        </dd>
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            <Unknown why="Of no organization" />
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>IP</dt>
        <dd className="mono">{row.ip_address ?? <Unknown why="Not over a network" />}</dd>
        {entry.data !== undefined && (
          <>
            <dt>Program</dt>
            <dd>{entry.data.user_agent ?? <Unknown why="None named" />}</dd>
            {entry.data.acting_as !== null && (
              <>
                <dt>Acted as</dt>
                <dd className="mono">{entry.data.acting_as}</dd>
              </>
            )}
          </>
        )}
        <dt>ID</dt>
        <dd className="mono">{row.id}</dd>
      </dl>
      {entry.error !== null && entry.data === undefined ? (
        <ErrorBlock
          inline
          title="What changed could not be read"
          error={entry.error.error}
          onRetry={() => void entry.refetch()}
        />
      ) : entry.data === undefined ? (
        <Skeleton lines={4} label="What changed is being read" />
      ) : (
        <>
          {entry.data.changes.length > 0 && (
            <section className="changes" aria-label="What changed">
              <h3 className="medium">What changed</h3>
              <dl>
                {entry.data.changes.map((change) => (
                  <Change key={change.field} change={change} />
                ))}
              </dl>
            </section>
          )}
          {entry.data.facts.length > 0 && (
            <section className="changes" aria-label="What else it says">
              <h3 className="medium">Details</h3>
              <dl className="facts">
                {entry.data.facts.map((fact) => (
                  <Fact key={fact.name} {...fact} />
                ))}
              </dl>
            </section>
          )}
          {entry.data.changes.length + entry.data.facts.length === 0 && (
            <p className="muted">The entry says nothing more.</p>
          )}
        </>
      )}
    </>
  );
}

function Change({ change }: { readonly change: ActivityChange }) {
  const { field, before, after } = change;
  return (
    <div>
      <dt>{field.replaceAll("_", " ")}</dt>
      <dd>
        {before !== null && <del>{before}</del>}
        {before !== null && <ArrowRight className="icon-xs muted" aria-label="became" />}
        {after === null ? <span className="muted">nothing</span> : <ins>{after}</ins>}
      </dd>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd>{value}</dd>
    </>
  );
}
