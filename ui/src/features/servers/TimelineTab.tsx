import { Link } from "@tanstack/react-router";
import {
  ArrowLeftRight,
  CircleDollarSign,
  CloudCog,
  type LucideIcon,
  MessageSquare,
  ScrollText,
  TriangleAlert,
  Wrench,
} from "lucide-react";
import type { Cursor, ServerDetail, TimelineEntry } from "../../bindings/contract";
import { useRead, useReadPages } from "../../ipc/queries";
import { useNow } from "../../lib/clock";
import { formatDetailTime, plural } from "../../lib/format";
import { intentName, intentState } from "../../lib/intents";
import { onlyRow } from "../../table/linkSearch";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import { TICKET_STATUS, TRANSACTION_STATUS, TRANSACTION_TYPE } from "../../ui/status";
import { Exact, Money, Time } from "../../ui/Text";
import { liveReason, NotAsked } from "./live";
import { eventName, eventState, logName } from "./words";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  event: CloudCog,
  intent: Wrench,
  charge: CircleDollarSign,
  money: ArrowLeftRight,
  ticket: MessageSquare,
  log: ScrollText,
};

/**
 * What has happened to it, from everywhere. What the database knows shows at once; Linode's events come in among it when
 * they are answered.
 */
export function TimelineTab({ detail }: { readonly detail: ServerDetail }) {
  const { id } = detail.server;
  const reason = liveReason(detail);
  const stored = useRead("servers.timeline", { id, after: null, with_provider: false });
  const whole = useReadPages(
    "servers.timeline",
    (after: Cursor | null) => ({ id, after, with_provider: true }),
    (page) => page.next,
    { enabled: reason === null },
  );
  const more = useReadPages(
    "servers.timeline",
    (after: Cursor | null) => ({ id, after, with_provider: false }),
    (page) => page.next,
    { enabled: reason !== null },
  );
  const paged = reason === null ? whole : more;
  const entries = paged.data?.pages.flatMap((page) => page.entries) ?? stored.data?.entries;
  const unanswered = whole.data?.pages[0]?.unanswered ?? null;
  const error = paged.data === undefined && stored.data === undefined ? (stored.error ?? paged.error) : null;
  return (
    <Panel
      title="Timeline"
      count={
        reason === null && whole.data === undefined && whole.error === null
          ? "Linode’s events are being read"
          : undefined
      }
    >
      {reason === null ? null : <NotAsked detail={detail} reason={`Without Linode’s events. ${reason}`} />}
      {unanswered === null && whole.error === null ? null : (
        <p className="notice notice-warning live-notice" role="status">
          <TriangleAlert aria-hidden />
          <span className="grow">
            Linode’s events are not in it. {unanswered?.message ?? whole.error?.error.message}
          </span>
          <Button size="sm" pending={whole.isFetching} onClick={() => void whole.refetch()}>
            Ask again
          </Button>
        </p>
      )}
      {entries === undefined ? (
        error === null ? (
          <Skeleton lines={6} />
        ) : (
          <div className="live-notice">
            <ErrorBlock
              inline
              title="The timeline could not be read"
              error={error.error}
              onRetry={() => void stored.refetch()}
            />
          </div>
        )
      ) : entries.length === 0 ? (
        <p className="panel-empty muted">Nothing is known to have happened to it yet.</p>
      ) : (
        <ol className="timeline selectable">
          {entries.map((entry) => (
            <Entry key={`${entry.source} ${entry.id}`} entry={entry} currency={detail.wallet?.currency ?? "USD"} />
          ))}
        </ol>
      )}
      {paged.hasNextPage ? (
        <div className="panel-more">
          <Button size="sm" pending={paged.isFetchingNextPage} onClick={() => void paged.fetchNextPage()}>
            Show earlier
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function Entry({ entry, currency }: { readonly entry: TimelineEntry; readonly currency: string }) {
  const Icon = ICONS[entry.source] ?? ScrollText;
  return (
    <li>
      <span className="timeline-icon">
        <Icon className="icon-s" aria-hidden />
      </span>
      <div className="grow">
        <p className="row gap-6 timeline-line">
          <span className="medium">
            <Title entry={entry} />
          </span>
          <State entry={entry} />
          <Amount entry={entry} currency={currency} />
        </p>
        <Text entry={entry} />
      </div>
      <Time at={entry.at} style="detail" className="small muted" />
    </li>
  );
}

function Title({ entry }: { readonly entry: TimelineEntry }) {
  switch (entry.source) {
    case "event":
      return eventName(entry.word);
    case "intent":
      return intentName(entry.word);
    case "charge":
      return "Charged";
    case "money": {
      const known: Readonly<Record<string, string>> = TRANSACTION_TYPE;
      return (
        <Link to="/transactions" search={onlyRow(entry.id)}>
          {known[entry.word] ?? entry.word}
        </Link>
      );
    }
    case "ticket":
      return (
        <Link to="/tickets" search={{ queue: "all", id: entry.id }}>
          {entry.text ?? `Ticket ${entry.id}`}
        </Link>
      );
    default:
      return logName(entry.word);
  }
}

function State({ entry }: { readonly entry: TimelineEntry }) {
  if (entry.state === null) return null;
  switch (entry.source) {
    case "event":
      return <StatusBadge look={eventState(entry.state)} plain />;
    case "intent":
      return <StatusBadge look={intentState(entry.state)} plain />;
    case "ticket": {
      const look = (TICKET_STATUS as Readonly<Record<string, (typeof TICKET_STATUS)["open"]>>)[entry.state];
      return look === undefined ? <span className="muted">{entry.state}</span> : <StatusBadge look={look} plain />;
    }
    default: {
      const look = (TRANSACTION_STATUS as Readonly<Record<string, (typeof TRANSACTION_STATUS)["pending"]>>)[
        entry.state
      ];
      return look === undefined || entry.state === "completed" ? null : <StatusBadge look={look} plain />;
    }
  }
}

function Amount({ entry, currency }: { readonly entry: TimelineEntry; readonly currency: string }) {
  if (entry.charge !== null) {
    return (
      <span className="num">
        <Exact amount={entry.charge.amount} currency={currency} /> for {plural(entry.charge.hours, "hour")}
      </span>
    );
  }
  if (entry.amount === null) return null;
  return <Money amount={entry.amount} currency={entry.currency} signed />;
}

function Text({ entry }: { readonly entry: TimelineEntry }) {
  const now = useNow();
  const by = entry.who === null ? null : `by ${entry.who}`;
  const said = [entry.source === "ticket" ? null : entry.text, by].filter((part) => part !== null && part !== "");
  if (entry.charge !== null) {
    const { first_hour, until, runs, transaction_id } = entry.charge;
    return (
      <p className="small muted">
        {formatDetailTime(first_hour, now)} to {formatDetailTime(until, now)} UTC, in {plural(runs, "run")}
        {transaction_id === null ? null : (
          <>
            {" · "}
            <Link to="/transactions" search={onlyRow(transaction_id)}>
              Ledger
            </Link>
          </>
        )}
      </p>
    );
  }
  if (said.length === 0) return null;
  return <p className="small muted">{said.join(", ")}</p>;
}
