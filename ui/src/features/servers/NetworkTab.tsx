import { Pencil } from "lucide-react";
import { useState } from "react";
import type { FirewallInfo, FirewallRule, ServerAddress, ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { IconButton } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Panel } from "../../ui/Panel";
import { Badge } from "../../ui/StatusBadge";
import { Unknown } from "../../ui/Text";
import { RdnsDialog } from "./LabelDialogs";
import { Live, liveReason } from "./live";

type NetworkTabProps = {
  readonly detail: ServerDetail;
  readonly target: { readonly id: number; readonly name: string };
  /** Why no address may be named now. */
  readonly rdnsReason: string | null;
};

const KINDS: Readonly<Record<string, string>> = {
  public: "Public IPv4",
  private: "Private IPv4",
  shared: "Shared IPv4",
  reserved: "Reserved IPv4",
  slaac: "IPv6 (SLAAC)",
  link_local: "IPv6, own line only",
};

export function NetworkTab({ detail, target, rdnsReason }: NetworkTabProps) {
  const enabled = liveReason(detail) === null;
  const addresses = useRead("servers.addresses", { id: target.id }, { enabled });
  const firewalls = useRead("servers.firewalls", { id: target.id }, { enabled });
  const [naming, setNaming] = useState<ServerAddress | null>(null);
  return (
    <>
      <Panel title="Addresses" count={addresses.data?.addresses.length}>
        <Live detail={detail} read={addresses} what="The addresses">
          {(answer) =>
            answer.addresses.length === 0 ? (
              <p className="panel-empty muted">Linode tells no address of it.</p>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
              <section className="panel-scroll selectable" aria-label="Rows of addresses" tabIndex={0}>
                <table className="table">
                  <thead className="chrome">
                    <tr>
                      <th scope="col">Address</th>
                      <th scope="col">Kind</th>
                      <th scope="col">Reverse DNS</th>
                      <th scope="col">Gateway</th>
                    </tr>
                  </thead>
                  <tbody>
                    {answer.addresses.map((each) => (
                      <tr key={`${each.kind} ${each.address}`}>
                        <td>
                          <span className="row gap-4">
                            <span className="mono">{each.address}</span>
                            <CopyButton text={each.address} label={`Copy ${each.address}`} iconOnly />
                          </span>
                        </td>
                        <td>{KINDS[each.kind] ?? each.kind}</td>
                        <td>
                          <span className="row gap-4">
                            <span className="cell-name">
                              {each.rdns ?? <Unknown why={each.may_name ? "No name" : "It takes no name"} />}
                            </span>
                            {each.may_name ? (
                              <IconButton
                                icon={Pencil}
                                label={`Set reverse DNS of ${each.address}`}
                                disabledReason={rdnsReason}
                                onClick={() => setNaming(each)}
                              />
                            ) : null}
                          </span>
                        </td>
                        <td className="mono">
                          {each.gateway === null
                            ? "–"
                            : each.prefix === null
                              ? each.gateway
                              : `${each.gateway} /${each.prefix}`}
                        </td>
                      </tr>
                    ))}
                    {answer.ranges.map((range) => (
                      <tr key={range}>
                        <td className="mono">{range}</td>
                        <td>IPv6 range</td>
                        <td>
                          <Unknown why="Names are given to its addresses one by one" />
                        </td>
                        <td>–</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            )
          }
        </Live>
      </Panel>
      <Panel title="Firewalls" count={firewalls.data?.firewalls.length}>
        <Live detail={detail} read={firewalls} what="The firewalls">
          {(answer) =>
            answer.firewalls.length === 0 ? (
              <p className="panel-empty muted">No firewall of Linode stands before it: everything reaches it.</p>
            ) : (
              <div className="firewalls">
                {answer.firewalls.map((wall) => (
                  <Firewall key={wall.id} wall={wall} />
                ))}
              </div>
            )
          }
        </Live>
      </Panel>
      {naming === null ? null : (
        <RdnsDialog target={target} address={naming.address} name={naming.rdns} onClose={() => setNaming(null)} />
      )}
    </>
  );
}

function Firewall({ wall }: { readonly wall: FirewallInfo }) {
  return (
    <section aria-label={wall.label} className="firewall selectable">
      <h3 className="row gap-6">
        <span className="medium">{wall.label}</span>
        <Badge tone={wall.status === "enabled" ? "success" : "neutral"}>{wall.status ?? "not told"}</Badge>
      </h3>
      <Rules side="In" rules={wall.inbound} policy={wall.inbound_policy} />
      <Rules side="Out" rules={wall.outbound} policy={wall.outbound_policy} />
    </section>
  );
}

type RulesProps = {
  readonly side: "In" | "Out";
  readonly rules: ReadonlyArray<FirewallRule> | null;
  readonly policy: string | null;
};

/** Each rule as a sentence of its own; what no rule names follows at the end. */
function Rules({ side, rules, policy }: RulesProps) {
  return (
    <div className="rules">
      <span className="muted">{side}</span>
      <ul>
        {rules === null ? <li className="muted">Linode doesn’t tell the rules.</li> : null}
        {(rules ?? []).map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no identity and are never reordered.
          <li key={index}>
            <b className={rule.action === "DROP" ? "medium fg-danger" : "medium fg-success"}>{verb(rule.action)}</b>{" "}
            {protocol(rule.protocol)} {rule.ports === null ? "on all ports" : `on ${rule.ports}`}{" "}
            {side === "In" ? "from" : "to"}{" "}
            <span className="mono">{rule.addresses.length === 0 ? "anywhere" : rule.addresses.join(", ")}</span>
            {rule.label === null ? null : <span className="muted"> ({rule.label})</span>}
          </li>
        ))}
        <li>
          <b className={policy === "DROP" ? "medium fg-danger" : "medium fg-success"}>{verb(policy)}</b> everything else
        </li>
      </ul>
    </div>
  );
}

/** Linode tells some protocols by their number. */
function protocol(word: string | null): string {
  if (word === null || word === "ALL") return "any protocol";
  return /^\d+$/.test(word) ? `protocol ${word}` : word;
}

function verb(action: string | null): string {
  if (action === "ACCEPT") return "Accept";
  if (action === "DROP") return "Drop";
  return action ?? "Not told:";
}
