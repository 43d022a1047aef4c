import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatMonth } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { Panel } from "../../ui/Panel";
import { Money, Rate, Time, Unknown } from "../../ui/Text";
import { Live, liveReason } from "./live";
import { PresenceText } from "./Presence";
import { formatBytes, formatMegabytes, sizeText } from "./words";

export function OverviewTab({ detail }: { readonly detail: ServerDetail }) {
  return (
    <div className="server-columns">
      <Details detail={detail} />
      <div className="server-stack">
        <Price detail={detail} />
        <Traffic detail={detail} />
      </div>
    </div>
  );
}

function Details({ detail }: { readonly detail: ServerDetail }) {
  const { server, observed } = detail;
  return (
    <Panel title="Details">
      <dl className="facts server-facts selectable">
        <dt>Organization</dt>
        <dd>
          {server.organization_id === null ? (
            "Nobody: it is not billed"
          ) : (
            <Link to="/organizations/$id" params={{ id: server.organization_id }}>
              {server.organization ?? `ID ${server.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>IPv4</dt>
        <dd>
          <Copied text={server.ipv4} label="Copy IPv4 address" />
        </dd>
        <dt>IPv6</dt>
        <dd>
          <Copied text={server.ipv6} label="Copy IPv6 address" />
        </dd>
        <dt>Region</dt>
        <dd>{server.region ?? <Unknown />}</dd>
        <dt>Image</dt>
        <dd>{server.image ?? <Unknown />}</dd>
        <dt>Account</dt>
        <dd>{server.account ?? <Unknown why="No account" />}</dd>
        <dt>Linode ID</dt>
        <dd>
          <Copied text={server.linode_id === null ? null : String(server.linode_id)} label="Copy Linode ID" />
        </dd>
        <dt>At provider</dt>
        <dd>
          <PresenceText row={server} />
        </dd>
        {observed === null ? null : <ObservedFacts observed={observed} />}
        <dt>Created</dt>
        <dd>
          <Time at={server.created_at} style="detail" />
        </dd>
        <dt>Billed until</dt>
        <dd>
          <Time at={server.last_billed_at} style="detail" unknown="Never billed" />
        </dd>
        {detail.deleted_at === null ? null : (
          <>
            <dt>Deleted</dt>
            <dd>
              <Time at={detail.deleted_at} style="detail" />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

function ObservedFacts({ observed }: { readonly observed: NonNullable<ServerDetail["observed"]> }) {
  const size = [
    observed.vcpus === null ? null : `${observed.vcpus} CPU`,
    observed.memory_mb === null ? null : `${formatMegabytes(observed.memory_mb)} RAM`,
    observed.disk_mb === null ? null : `${formatMegabytes(observed.disk_mb)} disk`,
  ].filter((part) => part !== null);
  return (
    <>
      <dt>Type there</dt>
      <dd>
        {observed.type_id ?? <Unknown />}
        {size.length === 0 ? null : <span className="muted"> ({size.join(", ")})</span>}
      </dd>
      <dt>Backups</dt>
      <dd>{observed.backups === null ? <Unknown /> : observed.backups ? "On" : "Off"}</dd>
      {observed.tags.length === 0 ? null : (
        <>
          <dt>Tags</dt>
          <dd>{observed.tags.join(", ")}</dd>
        </>
      )}
    </>
  );
}

function Price({ detail }: { readonly detail: ServerDetail }) {
  const { plan, wallet } = detail;
  const currency = wallet?.currency ?? "USD";
  return (
    <Panel title="Plan and price">
      {plan === null ? (
        <p className="panel-empty muted">
          {detail.server.organization_id === null
            ? "It is nobody’s and has no plan: nothing is charged for it. Assign it to give it both."
            : "It has no plan: its hours wait for one."}
        </p>
      ) : (
        <dl className="facts server-facts selectable">
          <dt>Plan</dt>
          <dd>
            {plan.name}
            <span className="muted"> {sizeText(plan)}</span>
          </dd>
          <dt>An hour</dt>
          <dd>
            {plan.rate === null ? (
              <Unknown why="No price: its hours wait for one" />
            ) : (
              <Rate rate={plan.rate} currency={currency} />
            )}
          </dd>
          <dt>A month at most</dt>
          <dd>{plan.monthly_rate === null ? "Uncapped" : <Money amount={plan.monthly_rate} currency={currency} />}</dd>
          {wallet === null ? null : (
            <>
              <dt>Wallet</dt>
              <dd>
                <Money amount={wallet.balance} currency={wallet.currency} />
              </dd>
              <dt>To order for</dt>
              <dd>
                <Money amount={wallet.orderable} currency={wallet.currency} />
              </dd>
            </>
          )}
        </dl>
      )}
    </Panel>
  );
}

function Traffic({ detail }: { readonly detail: ServerDetail }) {
  const enabled = liveReason(detail) === null;
  const read = useRead("servers.transfer", { id: detail.server.id, month: null }, { enabled });
  const month = new Date(read.dataUpdatedAt === 0 ? Date.now() : read.dataUpdatedAt).toISOString().slice(0, 7);
  return (
    <Panel title="Transfer" count={enabled ? formatMonth(`${month}-01`) : undefined}>
      <Live detail={detail} read={read} what="The figures" lines={2}>
        {(answer) => (
          <dl className="facts server-facts selectable">
            <dt>Sent</dt>
            <dd>{maybe(answer.outgoing, formatBytes)}</dd>
            <dt>Included</dt>
            <dd>{maybe(answer.quota_gb, (amount) => `${amount.toLocaleString("en-US")} GB`)}</dd>
            <dt>Beyond it</dt>
            <dd className={answer.billable_gb !== null && answer.billable_gb > 0 ? "fg-warning" : ""}>
              {maybe(answer.billable_gb, (amount) => `${amount.toLocaleString("en-US")} GB`)}
            </dd>
          </dl>
        )}
      </Live>
    </Panel>
  );
}

function maybe(value: number | null, format: (value: number) => string): ReactNode {
  return value === null ? <Unknown /> : format(value);
}

function Copied({ text, label }: { readonly text: string | null; readonly label: string }) {
  if (text === null) return <Unknown why="None" />;
  return (
    <span className="row gap-4 server-copied">
      <span className="mono">{text}</span>
      <CopyButton text={text} label={label} iconOnly />
    </span>
  );
}
