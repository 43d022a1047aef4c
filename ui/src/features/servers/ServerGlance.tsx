import { Link } from "@tanstack/react-router";
import type { ServerRow } from "../../bindings/contract";
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
    </>
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
