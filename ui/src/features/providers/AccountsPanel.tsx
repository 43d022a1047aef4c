import { Link } from "@tanstack/react-router";
import { Ellipsis, HeartPulse, KeyRound, MapPin, Pencil, Power, RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { AccountRow, Filter, TaskRow } from "../../bindings/contract";
import { formatCount } from "../../lib/format";
import { filteredTo } from "../../table/linkSearch";
import { Button, IconButton } from "../../ui/Button";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { Panel } from "../../ui/Panel";
import { StatusBadge } from "../../ui/StatusBadge";
import { Count, Time, Unknown } from "../../ui/Text";
import { accountHealth, accountProblem, asksForGone } from "./looks";

export type AccountDeed = "sync" | "allow_gone" | "rename" | "replace_token" | "regions" | "health" | "switch";

type AccountsPanelProps = {
  readonly accounts: ReadonlyArray<AccountRow>;
  readonly task: TaskRow | null;
  /** Why not, for each thing that may be done. */
  readonly reasons: { readonly sync: string | null; readonly token: string | null; readonly edit: string | null };
  readonly onDeed: (account: AccountRow, deed: AccountDeed) => void;
  readonly onStop: (task: number) => void;
};

export function AccountsPanel({ accounts, task, reasons, onDeed, onStop }: AccountsPanelProps) {
  return (
    <Panel title="Accounts" count={accounts.length}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard */}
      <section className="accounts-scroll" aria-label="Rows of accounts" tabIndex={0}>
        <table className="table">
          <thead className="chrome">
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Health</th>
              <th scope="col">Last read</th>
              <th scope="col">Regions on sale</th>
              <th scope="col" className="right">
                Servers
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
            {accounts.map((row) => (
              <AccountLine key={row.id} row={row} task={task} reasons={reasons} onDeed={onDeed} onStop={onStop} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

type LineProps = Omit<AccountsPanelProps, "accounts"> & { readonly row: AccountRow };

function AccountLine({ row, task, reasons, onDeed, onStop }: LineProps) {
  const problem = accountProblem(row);
  const syncing = task !== null && task.title === `Sync of ${row.label}`;
  const syncReason = syncReasonOf(row, task, reasons.sync);
  return (
    <>
      <tr data-problem={problem !== null || undefined}>
        <td className="cell-text">
          <span className="medium">{row.label}</span>{" "}
          <span className="muted">{row.username === null ? row.provider : `${row.username}, ${row.provider}`}</span>
        </td>
        <td>
          <StatusBadge look={accountHealth(row)} plain />
          {row.missing_scopes.length === 0 ? null : (
            <span className="fg-warning account-may-not" title={`The token may not: ${row.missing_scopes.join(", ")}`}>
              <TriangleAlert className="icon-xs" aria-hidden />
              <span className="sr-only">The token may not: {row.missing_scopes.join(", ")}</span>
            </span>
          )}
        </td>
        <td>
          <Time at={row.observed_at} unknown="Never read" />
        </td>
        <td className="truncate account-regions" title={row.regions_on_sale.join(", ") || undefined}>
          {row.regions_on_sale.length === 0 ? "All" : row.regions_on_sale.join(", ")}
        </td>
        <td className="right">
          <ServersLink account={row} filters={[]} count={row.servers} />
        </td>
        <td className="right">
          <Some value={row.unassigned} why="All belong to somebody">
            <ServersLink
              account={row}
              filters={[{ column: "assigned", op: "is", values: ["false"] }]}
              count={row.unassigned}
            />
          </Some>
        </td>
        <td className="right">
          <Some value={row.gone} why="None">
            <ServersLink
              danger
              account={row}
              filters={[{ column: "presence", op: "is", values: ["gone"] }]}
              count={row.gone}
            />
          </Some>
        </td>
        <td className="right">
          <span className="account-actions">
            {syncing ? (
              <Syncing task={task} onStop={onStop} />
            ) : (
              <Button size="sm" icon={RefreshCw} disabledReason={syncReason} onClick={() => onDeed(row, "sync")}>
                Sync now
              </Button>
            )}
            <Menu
              align="end"
              trigger={<IconButton icon={Ellipsis} label={`Actions for ${row.label}`} />}
              entries={entries(row, reasons, (deed) => onDeed(row, deed))}
            />
          </span>
        </td>
      </tr>
      {problem === null ? null : (
        <tr className="account-problem">
          <td colSpan={8}>
            <span className="row">
              <TriangleAlert className={asksForGone(row) ? "icon-s fg-warning" : "icon-s fg-danger"} aria-hidden />
              <span className="grow selectable">{problem}</span>
              {asksForGone(row) ? (
                <Button size="sm" disabledReason={syncReason} onClick={() => onDeed(row, "allow_gone")}>
                  They are gone…
                </Button>
              ) : null}
            </span>
          </td>
        </tr>
      )}
    </>
  );
}

function syncReasonOf(row: AccountRow, task: TaskRow | null, general: string | null): string | null {
  if (general !== null) return general;
  if (!row.is_active) return "The account is switched off.";
  if (row.token !== "sealed") return "Replace its token first.";
  return task === null ? null : "Another account is being read.";
}

function entries(
  row: AccountRow,
  reasons: AccountsPanelProps["reasons"],
  act: (deed: AccountDeed) => void,
): ReadonlyArray<MenuEntry> {
  return [
    {
      kind: "item",
      label: "Replace token…",
      icon: KeyRound,
      disabledReason: reasons.token,
      onSelect: () => act("replace_token"),
    },
    { kind: "item", label: "Health…", icon: HeartPulse, onSelect: () => act("health") },
    {
      kind: "item",
      label: "Regions on sale…",
      icon: MapPin,
      disabledReason: reasons.edit,
      onSelect: () => act("regions"),
    },
    { kind: "item", label: "Rename…", icon: Pencil, disabledReason: reasons.edit, onSelect: () => act("rename") },
    { kind: "separator" },
    {
      kind: "item",
      label: row.is_active ? "Switch off…" : "Switch on",
      icon: Power,
      disabledReason: reasons.edit,
      onSelect: () => act("switch"),
    },
  ];
}

function Syncing({ task, onStop }: { readonly task: TaskRow; readonly onStop: (task: number) => void }) {
  const share = task.total === 0 ? null : Math.round((task.done / task.total) * 100);
  return (
    <>
      <span className="muted num" role="status">
        {share === null ? "Reading" : `${share}%`}
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
  );
}

function Some({
  value,
  why,
  children,
}: {
  readonly value: number;
  readonly why: string;
  readonly children: ReactNode;
}) {
  return value === 0 ? <Unknown why={why} /> : children;
}

type ServersLinkProps = {
  readonly account: AccountRow;
  readonly filters: ReadonlyArray<Filter>;
  readonly count: number;
  readonly danger?: boolean;
};

/** The list of servers, filtered to the account's. */
function ServersLink({ account, filters, count, danger = false }: ServersLinkProps) {
  const search = filteredTo({ column: "account", op: "is", values: [account.label] }, ...filters);
  return (
    <Link to="/servers" search={search} aria-label={`${formatCount(count)} servers of ${account.label}`}>
      <span className={danger ? "fg-danger" : undefined}>
        <Count value={count} />
      </span>
    </Link>
  );
}
