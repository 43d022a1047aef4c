import { Link } from "@tanstack/react-router";
import type { ServerRow } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { intentName, intentPercent, intentState, isOver } from "../../lib/intents";
import { CopyButton } from "../../ui/CopyButton";
import { StatusBadge } from "../../ui/StatusBadge";
import { serverStatus } from "../../ui/status";
import { Rate, Time, Unknown } from "../../ui/Text";
import { PresenceText } from "./Presence";

/** What is known of a server. Its root password is never here: it does not cross to the window. */
export function ServerGlance({ row }: { readonly row: ServerRow }) {
  return (
    <>
      <div className="glance-top">
        <StatusBadge look={serverStatus(row.status)} />
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
        <dt>Region</dt>
        <dd>{row.region ?? <Unknown />}</dd>
        <dt>Image</dt>
        <dd>{row.image ?? <Unknown />}</dd>
        <dt>IPv4</dt>
        <dd>
          <Address address={row.ipv4} label="Copy IPv4 address" />
        </dd>
        <dt>IPv6</dt>
        <dd>
          <Address address={row.ipv6} label="Copy IPv6 address" />
        </dd>
        <dt>Account</dt>
        <dd>{row.account ?? <Unknown why="No account" />}</dd>
        <dt>At provider</dt>
        <dd>
          <PresenceText row={row} />
        </dd>
        <dt>Linode ID</dt>
        <dd className="mono">{row.linode_id ?? <Unknown why="None" />}</dd>
        <dt>Created</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
        <dt>Billed until</dt>
        <dd>
          <Time at={row.last_billed_at} style="detail" unknown="Never billed" />
        </dd>
      </dl>
      <Done id={row.id} />
      <Link to="/servers/$id" params={{ id: row.id }} className="btn btn-sm glance-open">
        Open server
      </Link>
    </>
  );
}

const NEWEST = 5;
const WATCH_MS = 3_000;

/** What was asked for lately, with how far it is. */
function Done({ id }: { readonly id: number }) {
  const read = useRead(
    "servers.intents",
    {
      search: null,
      filters: [{ column: "server_id", op: "is", values: [String(id)] }],
      sort: { column: "id", descending: true },
      after: null,
      limit: NEWEST,
    },
    { refetchMs: (page) => (page?.rows.some((intent) => !isOver(intent)) === true ? WATCH_MS : null) },
  );
  const rows = read.data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="glance-intents" aria-label="What was done to it">
      <h3 className="medium">What was done to it</h3>
      {rows.map((intent) => (
        <p key={intent.id} className="row gap-6">
          <span className="grow truncate" title={intent.error ?? undefined}>
            {intentName(intent.kind)}
          </span>
          {intentPercent(intent) === null ? null : <span className="num muted">{intentPercent(intent)}%</span>}
          <StatusBadge look={intentState(intent.state)} plain />
          <Time at={intent.requested_at} className="muted" />
        </p>
      ))}
    </section>
  );
}

function Address({ address, label }: { readonly address: string | null; readonly label: string }) {
  if (address === null) return <Unknown why="None" />;
  return (
    <span className="row gap-4">
      <span className="mono">{address}</span>
      <CopyButton text={address} label={label} iconOnly />
    </span>
  );
}
