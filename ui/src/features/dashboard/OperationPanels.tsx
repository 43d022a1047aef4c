import { Link } from "@tanstack/react-router";
import type { DashboardRun, DashboardSummary } from "../../bindings/contract";
import { formatCount, formatDuration, plural } from "../../lib/format";
import { tookText } from "../../lib/taskText";
import { Panel } from "../../ui/Panel";
import { StatusBadge } from "../../ui/StatusBadge";
import { runStatus, serverStatus, TICKET_PRIORITY, type Tone } from "../../ui/status";
import { Count, Money, Time } from "../../ui/Text";
import { INBOX, RUNS, SERVERS } from "./links";
import { PlaceLink } from "./PlaceLink";

/** The last runs, newest first. */
export function RunsPanel({ summary }: { readonly summary: DashboardSummary }) {
  const { runs, currency, schedule } = summary;
  return (
    <Panel
      title="Billing runs"
      count={schedule === "daily" ? "Charges usage daily" : "Charges usage hourly"}
      actions={<PlaceLink place={RUNS} quiet />}
      className="runs"
    >
      {runs.length === 0 ? (
        <p className="panel-empty muted">Nothing has been charged yet. A run charges the hours that have ended.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        <section className="runs-scroll selectable" aria-label="The last billing runs" tabIndex={0}>
          <table className="table">
            <thead className="chrome">
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Up to, UTC</th>
                <th scope="col" className="right">
                  Organizations
                </th>
                <th scope="col" className="right">
                  Charged
                </th>
                <th scope="col" className="right" title="Resources without a price, organizations without a wallet">
                  Left out
                </th>
                <th scope="col" className="right">
                  Duration
                </th>
                <th scope="col">Status</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <Run key={run.id} run={run} currency={currency} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}

function Run({ run, currency }: { readonly run: DashboardRun; readonly currency: string }) {
  const left = run.parked + run.skipped;
  return (
    <tr>
      <td className="num medium">
        <Link to="/billing/$id" params={{ id: run.id }}>
          #{run.id}
        </Link>
      </td>
      <td className="num">
        <Time at={run.run_at} style="detail" />
      </td>
      <td className="right" title={`${plural(run.organizations, "organization")} charged`}>
        <Count value={run.organizations} />
      </td>
      <td className="right">
        <Money amount={run.charged} currency={currency} />
      </td>
      <td className={left > 0 ? "right num fg-danger medium" : "right num"}>{formatCount(left)}</td>
      <td className="right num muted">{run.duration_ms === null ? "" : tookText(run.duration_ms)}</td>
      <td>
        {/* The summary does not tell whether an open run has been lost; the list of runs does. */}
        <StatusBadge look={runStatus({ status: run.status, is_alive: true })} />
      </td>
    </tr>
  );
}

type Part = { readonly label: string; readonly count: number; readonly tone: Tone };

/** Providers' words that people read as one are one part. */
export function fleetParts(fleet: DashboardSummary["fleet"]): ReadonlyArray<Part> {
  const parts = new Map<string, Part>();
  for (const { word, count } of fleet) {
    const look = serverStatus(word);
    const known = parts.get(look.label);
    parts.set(look.label, { label: look.label, tone: look.tone, count: (known?.count ?? 0) + count });
  }
  return [...parts.values()].sort((a, b) => b.count - a.count);
}

const PRIORITIES = ["urgent", "high", "medium", "low"] as const;
const PRIORITY_TONE: Readonly<Record<(typeof PRIORITIES)[number], Tone>> = {
  urgent: "danger",
  high: "warning",
  medium: "info",
  low: "neutral",
};

/** By priority, the most urgent first; what another program wrote counts as medium, as the inbox has it. */
export function ticketParts(tickets: DashboardSummary["tickets"]): ReadonlyArray<Part> {
  const counts = new Map<string, number>();
  for (const { word, count } of tickets) {
    const priority = PRIORITIES.find((each) => each === word) ?? "medium";
    counts.set(priority, (counts.get(priority) ?? 0) + count);
  }
  return PRIORITIES.map((each) => ({
    label: TICKET_PRIORITY[each].label,
    tone: PRIORITY_TONE[each],
    count: counts.get(each) ?? 0,
  }));
}

export function FleetPanel({ summary }: { readonly summary: DashboardSummary }) {
  const parts = fleetParts(summary.fleet);
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  return (
    <Panel title="Fleet" actions={<PlaceLink place={SERVERS} quiet />}>
      <Parts
        total={plural(total, "server")}
        note={`${plural(summary.regions, "region")}, ${plural(summary.containers, "container")}`}
        parts={parts}
      />
    </Panel>
  );
}

export function OpenTicketsPanel({ summary }: { readonly summary: DashboardSummary }) {
  const parts = ticketParts(summary.tickets);
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const reply = summary.first_reply_seconds;
  return (
    <Panel title="Open tickets" actions={<PlaceLink place={INBOX} quiet />}>
      <Parts
        total={`${formatCount(total)} open`}
        note={reply === null ? "" : `Median first reply ${formatDuration(reply * 1000)}, 7 days`}
        parts={parts}
      />
    </Panel>
  );
}

type PartsProps = { readonly total: string; readonly note: string; readonly parts: ReadonlyArray<Part> };

/** A bar of parts with its numbers below; the bar alone says nothing. */
function Parts({ total, note, parts }: PartsProps) {
  return (
    <div className="parts selectable">
      <p className="parts-head">
        <span className="medium num">{total}</span>
        <span className="end tiny muted num">{note}</span>
      </p>
      <div className="bar" aria-hidden>
        {parts
          .filter((part) => part.count > 0)
          .map((part) => (
            <i key={part.label} className={`solid-${part.tone}`} style={{ flexGrow: part.count }} />
          ))}
      </div>
      <ul>
        {parts.map((part) => (
          <li key={part.label}>
            <i className={`solid-${part.tone}`} aria-hidden />
            <span className="truncate">{part.label}</span>
            <b className="end num medium">{formatCount(part.count)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
