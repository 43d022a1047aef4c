import {
  BotOff,
  CircleCheck,
  CircleOff,
  DatabaseBackup,
  FileClock,
  HandCoins,
  type LucideIcon,
  ParkingCircle,
  ServerCog,
  ServerCrash,
  ServerOff,
  Timer,
  TimerOff,
  TrendingDown,
} from "lucide-react";
import type { AttentionItem, Concern, DashboardSummary } from "../../bindings/contract";
import { useNow } from "../../lib/clock";
import { cx } from "../../lib/cx";
import { formatCount, formatDetailTime, formatDuration, formatMoney, plural } from "../../lib/format";
import { Panel } from "../../ui/Panel";
import type { Tone } from "../../ui/status";
import { PLACES } from "./links";
import { PlaceLink } from "./PlaceLink";

type Words = { readonly title: string; readonly text: string };
type Look = {
  readonly icon: LucideIcon;
  readonly tone: Tone;
  readonly words: (item: AttentionItem, summary: DashboardSummary, now: number) => Words;
};

const since = (item: AttentionItem, now: number): string =>
  item.since === null ? "" : `, the longest for ${formatDuration(now - Date.parse(item.since))}`;

const LOOKS: Readonly<Record<Concern, Look>> = {
  billing_overdue: {
    icon: TimerOff,
    tone: "danger",
    words: (item, summary, now) => ({
      title: "Billing has not run",
      text:
        item.since === null
          ? `Nothing has ever been charged; the schedule is ${summary.schedule}`
          : `Last charged up to ${formatDetailTime(item.since, now)} UTC; the schedule is ${summary.schedule}`,
    }),
  },
  agent_missing: {
    icon: BotOff,
    tone: "warning",
    words: (item, _, now) => ({
      title: `No agent for ${item.since === null ? "long" : formatDuration(now - Date.parse(item.since))}`,
      text: "Nobody bills, syncs or closes by schedule; look at the computer on which csctl agent runs",
    }),
  },
  backup_missed: {
    icon: DatabaseBackup,
    tone: "danger",
    words: (item, _, now) => ({
      title:
        item.since === null
          ? "No backup was taken yet"
          : `The last backup is ${formatDuration(now - Date.parse(item.since))} old`,
      text: "The agent can't take the next, or doesn't run; csctl agent status says why",
    }),
  },
  servers_gone: {
    icon: ServerOff,
    tone: "danger",
    words: (item, _, now) => ({
      title: `${plural(item.count, "server is", "servers are")} gone at the provider`,
      text: `Not charged until somebody decides${since(item, now)}`,
    }),
  },
  late_tickets: {
    icon: Timer,
    tone: "warning",
    words: (item, _, now) => ({
      title: `${plural(item.count, "ticket")} past the first-reply target`,
      text: `${formatCount(item.unassigned)} unassigned${since(item, now)}`,
    }),
  },
  unassigned_servers: {
    icon: ServerCog,
    tone: "warning",
    words: (item, _, now) => ({
      title: `${plural(item.count, "server is", "servers are")} billed to nobody`,
      text: `The provider charges for ${item.count === 1 ? "it" : "them"}${since(item, now)}`,
    }),
  },
  plans_below_cost: {
    icon: TrendingDown,
    tone: "warning",
    words: (item) => ({
      title: `${plural(item.count, "plan sells", "plans sell")} below cost`,
      text: `The provider takes more for ${item.count === 1 ? "it" : "them"} than we charge`,
    }),
  },
  parked_resources: {
    icon: ParkingCircle,
    tone: "warning",
    words: (item, _, now) => ({
      title: `${plural(item.count, "resource is", "resources are")} parked`,
      text: `Waiting for a price or a decision${since(item, now)}`,
    }),
  },
  empty_wallets: {
    icon: HandCoins,
    tone: "danger",
    words: (item, summary) => ({
      title: `${plural(item.count, "organization")} at zero with live resources`,
      text: `${formatMoney(item.amount, summary.currency)} used and not covered`,
    }),
  },
  overdue_invoices: {
    icon: FileClock,
    tone: "warning",
    words: (item, summary, now) => ({
      title: `${plural(item.count, "invoice is", "invoices are")} overdue`,
      text: `${formatMoney(item.amount, summary.currency)}${since(item, now)}`,
    }),
  },
  servers_down: {
    icon: ServerCrash,
    tone: "neutral",
    words: (item) => ({
      title: `${plural(item.count, "server is", "servers are")} stopped or failed`,
      text: "Billed all the same, running or not",
    }),
  },
};

const TONE_WORD: Readonly<Record<Tone, string>> = {
  danger: "Urgent: ",
  warning: "Warning: ",
  info: "",
  success: "",
  neutral: "",
};

export function AttentionPanel({ summary }: { readonly summary: DashboardSummary }) {
  const now = useNow();
  const { attention } = summary;
  return (
    <Panel title="Needs attention" count={attention.length === 0 ? undefined : attention.length}>
      {attention.length === 0 ? (
        <p className="attention-none muted">
          <CircleCheck className="fg-success" aria-hidden />
          Nothing needs anybody now.
        </p>
      ) : (
        <ul className="attention selectable">
          {attention.map((item) => {
            const look = LOOKS[item.concern];
            const Icon = look.icon ?? CircleOff;
            const { title, text } = look.words(item, summary, now);
            return (
              <li key={item.concern}>
                <span className={cx("attention-icon", `tone-${look.tone}`)}>
                  <Icon aria-hidden />
                </span>
                <div className="grow">
                  <p className="medium truncate" title={title}>
                    <span className="sr-only">{TONE_WORD[look.tone]}</span>
                    {title}
                  </p>
                  <p className="truncate" title={text}>
                    {text}
                  </p>
                </div>
                <PlaceLink place={PLACES[item.concern]} label={`${PLACES[item.concern].label}: ${title}`} />
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
