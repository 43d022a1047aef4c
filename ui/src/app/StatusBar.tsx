import { Link } from "@tanstack/react-router";
import {
  CalendarCheck,
  Database,
  Globe,
  ListChecks,
  PlugZap,
  RefreshCw,
  ShieldAlert,
  ShieldCheck,
  Unplug,
} from "lucide-react";
import type { BillingOverview, Profile, ShellSummary } from "../bindings/contract";
import { connection, useConnection } from "../ipc/connection";
import { useRead } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { isLive, useTasks } from "../ipc/tasks";
import { useNow } from "../lib/clock";
import {
  formatClock,
  formatCount,
  formatDateClock,
  formatDuration,
  formatListTime,
  plural,
  UNKNOWN,
} from "../lib/format";
import { Button } from "../ui/Button";
import { Popover } from "../ui/Popover";
import { ENVIRONMENT } from "../ui/status";
import { Time } from "../ui/Text";
import { BooksItem } from "./BooksItem";
import { Facts } from "./Facts";
import { TaskTray } from "./tasks/TaskTray";

const SYNC_STEP_MS = 5_000;
const CLOCK_STEP_MS = 60_000;
const MINUTE_MS = 60_000;
const TRUST_MS = 5_000;

const TLS: Readonly<Record<Profile["tls"], string>> = {
  verify_full: "Encrypted, server checked",
  verify_ca: "Encrypted, authority checked, name not",
  require: "Encrypted, server not checked",
  disable: "Not encrypted",
};

type StatusBarProps = { summary: ShellSummary | undefined; onRefresh: () => void };

export function StatusBar({ summary, onRefresh }: StatusBarProps) {
  return (
    <footer className="status-bar chrome">
      <h2 className="sr-only">Status</h2>
      <ConnectionItem summary={summary} onRefresh={onRefresh} />
      <Separator />
      <SyncItem summary={summary} onRefresh={onRefresh} />
      <Separator extra />
      <BillingItem summary={summary} />
      <BooksItem />
      <Separator extra />
      <SchemaItem summary={summary} />
      <Separator extra />
      <TrustItem />
      <span className="end" />
      <TasksItem />
      <ClockItem summary={summary} />
    </footer>
  );
}

function Separator({ extra = false }: { extra?: boolean }) {
  return <span className={extra ? "separator status-extra" : "separator"} aria-hidden />;
}

function ConnectionItem({ summary, onRefresh }: { summary: ShellSummary | undefined; onRefresh: () => void }) {
  const { profile } = useSession();
  const line = useConnection();
  const lost = line.state === "lost";
  const label = lost
    ? `Connection lost · as of ${formatClock(line.since)}`
    : `${ENVIRONMENT[profile.environment]} · ${summary === undefined ? UNKNOWN : `${summary.latency_ms} ms`}`;
  return (
    <Popover
      title={lost ? "Connection lost" : "Connection"}
      side="top"
      trigger={
        <button type="button" className={lost ? "status-lost" : undefined}>
          {lost ? <Unplug className="icon-xs" aria-hidden /> : <PlugZap className="icon-xs fg-success" aria-hidden />}
          {label}
        </button>
      }
    >
      {lost && <p className="popover-text">{line.error.error.message}</p>}
      <Facts
        facts={[
          ["Profile", profile.name],
          ["Server", profile.kind === "local" ? "This computer" : profile.host],
          ["Database", profile.database],
          ["Encryption", profile.kind === "local" ? "Stays on this computer" : TLS[profile.tls]],
          ["Round trip", summary === undefined ? UNKNOWN : `${summary.latency_ms} ms`],
        ]}
      />
      {lost && (
        <p className="popover-foot">
          <Button size="sm" icon={RefreshCw} onClick={onRefresh}>
            Try again
          </Button>
        </p>
      )}
    </Popover>
  );
}

/** Live updates come each second: an answer that is older than this is worth telling. */
const LIVE_MS = 10_000;

function SyncItem({ summary, onRefresh }: StatusBarProps) {
  const now = useNow(SYNC_STEP_MS);
  const age = now - connection.lastAnswerAt();
  const seconds = Math.max(0, Math.round(age / 1_000));
  const text =
    age < LIVE_MS ? "Live" : age < MINUTE_MS ? `Synced ${seconds} s ago` : `Synced ${formatDuration(age)} ago`;
  return (
    <Popover
      title="Synchronization"
      side="top"
      trigger={
        <button type="button">
          <RefreshCw className="icon-xs" aria-hidden />
          {text}
        </button>
      }
    >
      <p className="popover-text">
        What colleagues change shows within two seconds; what you change, at once. After a break in the line, what was
        missed is read again.
      </p>
      <Facts facts={[["Database's time", <Time key="at" at={summary?.server_time ?? null} style="detail" />]]} />
      <p className="popover-foot">
        <Button size="sm" icon={RefreshCw} onClick={onRefresh}>
          Read everything again
        </Button>
      </p>
    </Popover>
  );
}

function TasksItem() {
  const tasks = useTasks();
  const live = tasks.filter(isLive).length;
  const text = live > 0 ? plural(live, "task") : tasks.length > 0 ? `${formatCount(tasks.length)} ended` : "No tasks";
  return (
    <Popover
      title="Tasks"
      side="top"
      align="end"
      className="tray"
      trigger={
        <button type="button">
          <ListChecks className="icon-xs" aria-hidden />
          {text}
        </button>
      }
    >
      <TaskTray />
    </Popover>
  );
}

function BillingItem({ summary }: { summary: ShellSummary | undefined }) {
  const now = useNow(CLOCK_STEP_MS);
  const overview = useRead("billing.overview", {}, { refetchMs: CLOCK_STEP_MS }).data;
  const until = summary?.billed_until ?? null;
  const last = overview?.last_run ?? null;
  const text = billingText(overview, now);
  return (
    <Popover
      title="Billing"
      side="top"
      trigger={
        <button
          type="button"
          className={
            overview?.overdue === true || overview?.agent_missing === true ? "status-extra status-late" : "status-extra"
          }
        >
          <CalendarCheck className="icon-xs" aria-hidden />
          {text}
        </button>
      }
    >
      <p className="popover-text">Usage is charged by whole hours, in UTC.</p>
      <Facts
        facts={[
          ["Last run", <Time key="run" at={last?.run_at ?? null} style="detail" unknown="No run yet" />],
          ["Everybody charged up to", <Time key="until" at={until} style="detail" unknown="Nothing was charged yet" />],
          ["Waiting for a price or a decision", formatCount(overview?.parked ?? null)],
          [
            "Agent last heard of",
            <Time key="agent" at={overview?.agent_seen ?? null} style="detail" unknown="None was set up" />,
          ],
        ]}
      />
      <p className="popover-foot">
        <Link to="/billing" className="btn btn-sm">
          Billing runs
        </Link>
      </p>
    </Popover>
  );
}

const DAY_MS = 24 * 60 * MINUTE_MS;

function billingText(overview: BillingOverview | undefined, now: number): string {
  if (overview === undefined) return "Billing";
  if (overview.open_run !== null) return `Run ${overview.open_run} charging`;
  const run = overview.last_run;
  if (run === null) return "Nothing billed yet";
  const at = Date.parse(run.run_at);
  const when = now - at < DAY_MS ? formatClock(at) : formatListTime(run.run_at, now);
  if (overview.overdue) return `Billing overdue since ${when}`;
  return overview.agent_missing ? `Billed up to ${when} · no agent` : `Billed up to ${when}`;
}

function SchemaItem({ summary }: { summary: ShellSummary | undefined }) {
  return (
    <Popover
      title="Database"
      side="top"
      trigger={
        <button type="button" className="status-extra">
          <Database className="icon-xs" aria-hidden />
          {summary === undefined ? "Schema" : `Schema ${summary.schema_version}`}
        </button>
      }
    >
      <Facts
        facts={[
          ["PostgreSQL", summary?.database_version ?? UNKNOWN],
          ["Schema", summary === undefined ? UNKNOWN : String(summary.schema_version)],
        ]}
      />
    </Popover>
  );
}

function TrustItem() {
  // The desk looks by itself every few seconds; this only asks it what it has seen.
  const trust = useRead("trust.status", {}, { refetchMs: TRUST_MS }).data;
  const red = trust?.isolation === "red" || trust?.log === "red";
  const sound = trust?.isolation === "sound" && trust.log === "sound";
  const label = trust?.isolation === "red" ? "Not isolated" : red ? "Log changed" : sound ? "Checked" : "Checking";
  const Icon = red ? ShieldAlert : ShieldCheck;
  return (
    <Popover
      title="Trust"
      side="top"
      trigger={
        <button type="button" className={red ? "status-lost" : "status-extra"}>
          <Icon className={sound ? "icon-xs fg-success" : "icon-xs"} aria-hidden />
          {label}
        </button>
      }
    >
      <Facts
        facts={[
          ["Who may what", trust?.isolation_message ?? UNKNOWN],
          ["Activity log", trust?.log_message ?? UNKNOWN],
        ]}
      />
      {trust?.findings.map((finding) => (
        <p key={`${finding.object} ${finding.says}`} className="popover-text selectable">
          <strong>{finding.object}</strong> {finding.says}
        </p>
      ))}
    </Popover>
  );
}

function ClockItem({ summary }: { summary: ShellSummary | undefined }) {
  const now = useNow(CLOCK_STEP_MS);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const here = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(now);
  return (
    <Popover
      title="Time"
      side="top"
      align="end"
      trigger={
        <button type="button">
          <Globe className="icon-xs" aria-hidden />
          UTC · {formatDateClock(now)}
        </button>
      }
    >
      <p className="popover-text">All times and billing hours are in UTC, by the database's clock.</p>
      <Facts
        facts={[
          ["UTC", formatDateClock(now)],
          [zone, here],
          ["Clock of", summary === undefined ? "this computer" : "the database"],
        ]}
      />
    </Popover>
  );
}
