import { CalendarCheck, Database, Globe, PlugZap, RefreshCw, ShieldAlert, ShieldCheck, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { Profile, ShellSummary } from "../bindings/contract";
import { useConnection } from "../ipc/connection";
import { useRead } from "../ipc/queries";
import { useSession } from "../ipc/session";
import { useNow } from "../lib/clock";
import { formatClock, formatDateClock, formatDuration, formatListTime, UNKNOWN } from "../lib/format";
import { Button } from "../ui/Button";
import { Popover } from "../ui/Popover";
import { ENVIRONMENT } from "../ui/status";
import { Time } from "../ui/Text";

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

type StatusBarProps = { summary: ShellSummary | undefined; syncedAt: number; onRefresh: () => void };

export function StatusBar({ summary, syncedAt, onRefresh }: StatusBarProps) {
  return (
    <footer className="status-bar chrome">
      <h2 className="sr-only">Status</h2>
      <ConnectionItem summary={summary} onRefresh={onRefresh} />
      <Separator />
      <SyncItem summary={summary} syncedAt={syncedAt} onRefresh={onRefresh} />
      <Separator extra />
      <BillingItem summary={summary} />
      <Separator extra />
      <SchemaItem summary={summary} />
      <Separator extra />
      <TrustItem />
      <span className="end" />
      <ClockItem summary={summary} />
    </footer>
  );
}

function Separator({ extra = false }: { extra?: boolean }) {
  return <span className={extra ? "separator status-extra" : "separator"} aria-hidden />;
}

function Facts({ facts }: { facts: ReadonlyArray<readonly [string, ReactNode]> }) {
  return (
    <dl className="facts selectable">
      {facts.map(([term, value]) => (
        <div key={term} className="facts-row">
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ConnectionItem({ summary, onRefresh }: { summary: ShellSummary | undefined; onRefresh: () => void }) {
  const { profile } = useSession();
  const connection = useConnection();
  const lost = connection.state === "lost";
  const label = lost
    ? `Connection lost · as of ${formatClock(connection.since)}`
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
      {lost && <p className="popover-text">{connection.error.error.message}</p>}
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

type SyncItemProps = StatusBarProps;

function SyncItem({ summary, syncedAt, onRefresh }: SyncItemProps) {
  const now = useNow(SYNC_STEP_MS);
  const age = Date.now() - syncedAt;
  const seconds = Math.max(0, Math.round(age / SYNC_STEP_MS) * (SYNC_STEP_MS / 1_000));
  const text =
    syncedAt === 0
      ? "Not synced yet"
      : age < MINUTE_MS
        ? `Synced ${seconds} s ago`
        : `Synced ${formatDuration(age)} ago`;
  return (
    <Popover
      title="Synchronization"
      side="top"
      trigger={
        // The step makes the item tell the time again.
        <button type="button" data-step={now}>
          <RefreshCw className="icon-xs" aria-hidden />
          {text}
        </button>
      }
    >
      <p className="popover-text">
        Lists and tickets are read again while they are shown, and after each of your changes.
      </p>
      <Facts facts={[["Last read", <Time key="at" at={summary?.server_time ?? null} style="detail" />]]} />
      <p className="popover-foot">
        <Button size="sm" icon={RefreshCw} onClick={onRefresh}>
          Read again now
        </Button>
      </p>
    </Popover>
  );
}

function BillingItem({ summary }: { summary: ShellSummary | undefined }) {
  const now = useNow(CLOCK_STEP_MS);
  const until = summary?.billed_until ?? null;
  const age = until === null ? "never" : formatListTime(until, now);
  const text =
    until === null
      ? "Nothing billed yet"
      : now - Date.parse(until) < 24 * 60 * MINUTE_MS
        ? `Billed until ${formatClock(Date.parse(until))}`
        : `Billed until ${age}`;
  return (
    <Popover
      title="Billing"
      side="top"
      trigger={
        <button type="button" className="status-extra">
          <CalendarCheck className="icon-xs" aria-hidden />
          {text}
        </button>
      }
    >
      <p className="popover-text">Usage is charged by whole hours, in UTC.</p>
      <Facts
        facts={[
          ["Charged up to", <Time key="until" at={until} style="detail" unknown="Nothing has been charged yet" />],
          ["Last run", <Time key="run" at={summary?.last_billing_run ?? null} style="detail" unknown="No run yet" />],
        ]}
      />
    </Popover>
  );
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
