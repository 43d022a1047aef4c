import type {
  ActivityEntry,
  ActivityRow,
  Concern,
  DashboardSummary,
  Instant,
  Money,
  Period,
  Rate,
  RevenueAnswer,
  RevenueBar,
  SettingsAnswer,
  ThemeCard,
} from "../../bindings/contract";
import { organizations, users } from "./business";
import { instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function money(cents: number): Money {
  const sign = cents < 0 ? "-" : "";
  const digits = String(Math.abs(Math.round(cents))).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}` as Money;
}

function percent(part: number, whole: number): string | null {
  return whole === 0 ? null : ((part / whole) * 100).toFixed(1);
}

/** Invented revenue in cents of the hour or day at an instant: a slow rise with some unrest. */
function revenueAt(at: number, step: number): number {
  const day = Math.floor(at / DAY_MS);
  const rest = Math.sin(day * 12.9898) * 43758.5453;
  const unrest = rest - Math.floor(rest);
  return Math.round((205_000 + (day % 400) * 80 + unrest * 6_000) * (step / DAY_MS));
}

function revenue(period: Period, support: boolean): RevenueAnswer {
  const now = Date.parse(minutesAgo(0));
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const date = new Date(now);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const step = period === "day" ? HOUR_MS : DAY_MS;
  const since =
    period === "day"
      ? Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS
      : period === "week"
        ? today - 6 * DAY_MS
        : month;
  const ends =
    period === "day"
      ? Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS
      : period === "week"
        ? today + DAY_MS
        : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  const charged = Math.floor(now / HOUR_MS) * HOUR_MS;
  let [revenueSum, costSum, aheadSum] = [0, 0, 0];
  const bars: Array<RevenueBar> = [];
  for (let at = since; at < ends; at += step) {
    const part = Math.max(0, Math.min(1, (charged - at) / step));
    const whole = revenueAt(at, step);
    const cents = Math.round(whole * part);
    const cost = Math.round(cents * 0.662);
    const ahead = period === "month" ? whole - cents : 0;
    revenueSum += cents;
    costSum += cost;
    aheadSum += ahead;
    bars.push({
      at: instant(at),
      revenue: money(cents),
      cost: support ? null : money(cost),
      margin: support ? null : money(cents - cost),
      margin_percent: support ? null : percent(cents - cost, cents),
      ahead: money(ahead),
    });
  }
  const earlier =
    period === "month" ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1) : since - (ends - since);
  return {
    now: instant(now),
    currency: "USD",
    since: instant(since),
    ends: instant(ends),
    charged_until: instant(charged),
    earlier_since: instant(earlier),
    earlier_until: instant(earlier + (now - since)),
    revenue: money(revenueSum),
    earlier_revenue: money(revenueSum / 1.062),
    change: "6.2",
    month_end: period === "month" ? money(revenueSum + aheadSum) : null,
    margin: support
      ? null
      : {
          cost: money(costSum),
          margin: money(revenueSum - costSum),
          percent: percent(revenueSum - costSum, revenueSum),
          points: "-0.4",
        },
    bars,
  };
}

function concern(
  kind: Concern,
  count: number,
  more: { unassigned?: number; amount?: string; since?: Instant } = {},
): DashboardSummary["attention"][number] {
  return {
    concern: kind,
    count,
    unassigned: more.unassigned ?? null,
    amount: (more.amount ?? null) as Money | null,
    since: more.since ?? null,
  };
}

const RUN_SUMS = ["1986.12", "2254.87", "2249.30", "2241.06", "2266.10", "2232.48", "2221.37"];

function summary(empty: boolean, support: boolean): DashboardSummary {
  const zero = "0.00" as Money;
  if (empty) {
    return {
      now: instant(mockNow()),
      currency: "USD",
      hourly: "0.0000" as Rate,
      held: zero,
      foreign_wallets: 0,
      owing: 0,
      owed: zero,
      overdue: 0,
      overdue_amount: zero,
      overdue_since: null,
      attention: [],
      schedule: "hourly",
      runs: [],
      fleet: [],
      regions: 0,
      containers: 0,
      tickets: [],
      first_reply_seconds: null,
    };
  }
  return {
    now: instant(mockNow()),
    currency: "USD",
    hourly: "94.5912" as Rate,
    held: "23940.18" as Money,
    foreign_wallets: 2,
    owing: 6,
    owed: "412.77" as Money,
    overdue: 31,
    overdue_amount: "7200.38" as Money,
    overdue_since: minutesAgo(104 * 24 * 60),
    attention: [
      concern("servers_gone", 1, { since: minutesAgo(32) }),
      concern("late_tickets", 5, { unassigned: 3, since: minutesAgo(318) }),
      concern("unassigned_servers", 3, { since: minutesAgo(4 * 24 * 60) }),
      ...(support ? [] : [concern("plans_below_cost", 1)]),
      concern("empty_wallets", 6, { amount: "412.77" }),
      concern("overdue_invoices", 31, { amount: "7200.38", since: minutesAgo(104 * 24 * 60) }),
    ],
    schedule: "daily",
    runs: RUN_SUMS.map((charged, index) => ({
      id: 418 - index,
      run_at: minutesAgo(4 + index * 24 * 60),
      status: index === 0 ? "open" : index === 2 ? "partial" : "completed",
      duration_ms: index === 0 ? null : 112_000 - index * 1_900,
      organizations: index === 0 ? 1902 : 2136 - index * 5,
      charged: charged as Money,
      parked: index === 2 ? 2 : 0,
      skipped: index === 0 ? 1 : 0,
    })),
    fleet: [
      { word: "running", count: 412 },
      { word: "offline", count: 21 },
      { word: "provisioning", count: 4 },
      { word: "error", count: 3 },
    ],
    regions: 6,
    containers: 1284,
    tickets: [
      { word: "urgent", count: 4 },
      { word: "high", count: 11 },
      { word: "medium", count: 19 },
      { word: "low", count: 9 },
    ],
    first_reply_seconds: 26 * 60,
  };
}

type Act = Pick<ActivityRow, "action" | "resource_type" | "resource_id" | "summary"> &
  Pick<ActivityEntry, "changes" | "facts">;

const ACTS: ReadonlyArray<Act> = [
  {
    action: "ticket.update",
    resource_type: "ticket",
    resource_id: "4187",
    summary: "status: open → in_progress, assigned to: nothing → 1",
    changes: [
      { field: "assigned_to", before: null, after: "1" },
      { field: "status", before: "open", after: "in_progress" },
    ],
    facts: [],
  },
  {
    action: "transaction.deposit",
    resource_type: "transaction",
    resource_id: "90214",
    summary: "amount 250.00, status completed",
    changes: [],
    facts: [
      { name: "amount", value: "250.00" },
      { name: "status", value: "completed" },
    ],
  },
  {
    action: "plan.update",
    resource_type: "plan",
    resource_id: "7",
    summary: "hourly rate: 0.1224 → 0.1296, monthly rate: 82.00 → 86.00",
    changes: [
      { field: "hourly_rate", before: "0.1224", after: "0.1296" },
      { field: "monthly_rate", before: "82.00", after: "86.00" },
    ],
    facts: [],
  },
  {
    action: "user.create",
    resource_type: "user",
    resource_id: "12",
    summary: "fina.moreau@halyard.example",
    changes: [
      { field: "email", before: null, after: "fina.moreau@halyard.example" },
      { field: "password_hash", before: null, after: "(secret)" },
      { field: "role", before: null, after: "finance" },
    ],
    facts: [],
  },
  {
    action: "session.open",
    resource_type: "session",
    resource_id: "1",
    summary: "",
    changes: [],
    facts: [],
  },
  {
    action: "vps.hostname.update",
    resource_type: "server",
    resource_id: "31",
    summary: "hostname: edge-2.example → edge-3.example",
    changes: [{ field: "hostname", before: "edge-2.example", after: "edge-3.example" }],
    facts: [],
  },
];

const log: Array<{ row: ActivityRow; act: Act }> = Array.from({ length: 240 }, (_, index) => {
  const act = ACTS[index % ACTS.length] as Act;
  const person = index % 5 === 3 ? null : users[index % 3];
  const organization = index % 4 === 0 ? null : organizations[index % organizations.length];
  return {
    act,
    row: {
      id: 48_210 - index,
      created_at: minutesAgo(index * 17 + 3),
      who: person == null ? null : [person.first_name, person.last_name].filter(Boolean).join(" ") || person.email,
      user_id: person?.id ?? null,
      role: person == null ? null : "admin",
      login: person == null ? "cs_agent_1" : "cs_desk_maya",
      action: act.action,
      resource_type: act.resource_type,
      resource_id: act.resource_id,
      organization_id: organization?.id ?? null,
      organization: organization?.name ?? null,
      ip_address: person == null ? null : "198.51.100.23",
      summary: act.summary,
    },
  };
});

const LIGHT: Readonly<Record<string, string>> = {
  background: "#ffffff",
  foreground: "#191d2a",
  card: "#ffffff",
  border: "#e2e4e9",
  primary: "#2f49bc",
  "primary-foreground": "#ffffff",
  accent: "#f1f2f9",
  destructive: "#bc242c",
  sidebar: "#f3f4f7",
  "chart-1": "#3b56ce",
  "chart-2": "#bcc2d7",
  "chart-3": "#2c8c7f",
};
const DARK: Readonly<Record<string, string>> = {
  background: "#16181d",
  foreground: "#e7e9ef",
  card: "#1a1b21",
  border: "#2d2e34",
  primary: "#516ad6",
  "primary-foreground": "#ffffff",
  accent: "#242838",
  destructive: "#ce3b43",
  sidebar: "#0f1014",
  "chart-1": "#6a81e7",
  "chart-2": "#5e6378",
  "chart-3": "#42b3a0",
};

function card(id: number | null, name: string, light: Record<string, string>, dark: Record<string, string>): ThemeCard {
  return {
    id,
    name,
    active: false,
    updated_at: id === null ? null : minutesAgo(id * 3000),
    light: { ...LIGHT, ...light },
    dark: { ...DARK, ...dark },
    light_appearance: "light",
    dark_appearance: "dark",
    radius_rem: "0.375rem",
    adjusted: 0,
    broken: null,
    notices: [],
  };
}

const themes: Array<ThemeCard> = [
  { ...card(null, "Built-in", {}, {}), active: true },
  {
    ...card(
      1,
      "Ember",
      { primary: "#b4411e", accent: "#fbeee8", "chart-1": "#c65a2e", "chart-2": "#e4c9bd", sidebar: "#faf5f2" },
      { primary: "#b4532c", "chart-1": "#e08a63", "chart-2": "#6a564d", sidebar: "#15110f" },
    ),
    adjusted: 2,
    notices: [
      {
        mode: "light",
        token: "primary-foreground",
        before: "#e8b9a6",
        after: "#ffffff",
        reason: "Adjusted for readability.",
      },
      {
        mode: "dark",
        token: "muted-foreground",
        before: "#6d6763",
        after: "#a29b96",
        reason: "Adjusted for readability.",
      },
    ],
  },
  {
    ...card(2, "Imported", {}, {}),
    broken: "This theme names a preset that isn't known here, so the built-in colours are used.",
    notices: [
      {
        mode: null,
        token: null,
        before: null,
        after: null,
        reason: "This theme names a preset that isn't known here, so the built-in colours are used.",
      },
    ],
  },
  card(
    3,
    "Verdant",
    {
      background: "#fdfdfc",
      primary: "#1c7a5c",
      accent: "#e7f3ef",
      sidebar: "#f6f4ef",
      "chart-1": "#259d77",
      "chart-2": "#c3d6cd",
    },
    { primary: "#1f7d5e", sidebar: "#0e1412", "chart-1": "#4cb491", "chart-2": "#4f6159" },
  ),
];

const settings: SettingsAnswer = {
  values: [
    { key: "currency", value: "USD" },
    { key: "low_mark_days", value: "3" },
    { key: "grace_hours", value: "72" },
    { key: "grace_action", value: "nothing" },
    { key: "second_person_above", value: "100.00" },
    { key: "idle_minutes", value: "30" },
    { key: "session_hours", value: "12" },
    { key: "billing_schedule", value: "daily" },
    { key: "seller_name", value: "Halyard Hosting Ltd" },
    { key: "seller_address", value: "4 Quayside\nBristol BS1 4RB\nUnited Kingdom" },
    { key: "invoice_terms", value: "Paid from your wallet. Questions: billing@halyard.example" },
  ],
  updated_at: minutesAgo(2000),
  wallets: [
    { currency: "USD", wallets: 38 },
    { currency: "EUR", wallets: 2 },
  ],
};

const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  low_mark_days: [0, 365],
  grace_hours: [0, 8760],
  idle_minutes: [1, 1440],
  session_hours: [1, 168],
};

/** Dashboard, log, themes, settings; archiving and disabling. */
export function pageCommands(scenario: Scenario): Handlers {
  const empty = scenario === "empty";
  const exported = (rows: number) => ({ path: "/home/maya/Downloads/export-2026-11-22.csv", rows });
  return {
    "dashboard.revenue": ({ period }) => {
      const answer = revenue(period, scenario === "support");
      if (!empty) return answer;
      const zero = "0.00" as Money;
      return {
        ...answer,
        revenue: zero,
        earlier_revenue: zero,
        change: null,
        month_end: zero,
        margin: { cost: zero, margin: zero, percent: null, points: null },
        bars: answer.bars.map((bar) => ({
          ...bar,
          revenue: zero,
          cost: zero,
          margin: zero,
          margin_percent: null,
          ahead: zero,
        })),
      };
    },
    "dashboard.export": ({ period }) => exported(revenue(period, false).bars.length),
    "dashboard.summary": () => summary(empty, scenario === "support"),
    "activity.list": (request) => page(empty ? [] : log.map(({ row }) => row), request),
    "activity.get": ({ id }) => {
      const found = log.find(({ row }) => row.id === id);
      if (found === undefined) return fail("not_found", "It doesn't exist, or your role can't see it.");
      return {
        row: found.row,
        user_agent: "ContainerStacks 0.1.0",
        acting_as: null,
        changes: found.act.changes,
        facts: found.act.facts,
      };
    },
    "activity.export": (request) =>
      exported(
        page(
          log.map(({ row }) => row),
          request.list,
        ).total,
      ),
    "themes.list": () => ({
      themes: empty ? themes.slice(0, 1) : themes,
      actions: [
        {
          name: "activate",
          allowed: scenario !== "support",
          reason: scenario === "support" ? "Only admins can change themes." : null,
        },
      ],
    }),
    "themes.activate": ({ id }) => {
      for (const theme of themes) theme.active = theme.id === id;
      return {};
    },
    "settings.get": () => settings,
    "settings.change": ({ values, expected_updated_at }) => {
      if (expected_updated_at !== settings.updated_at)
        return fail(
          "stale",
          "Somebody has changed this in the meantime. Your change was not saved; look at the new state and try again.",
        );
      for (const { key, value } of values) {
        const bounds = BOUNDS[key];
        if (bounds !== undefined && !(/^\d+$/.test(value) && Number(value) >= bounds[0] && Number(value) <= bounds[1]))
          return fail("invalid_field", `Enter a whole number from ${bounds[0]} to ${bounds[1]}.`, key);
      }
      const changed = values.flatMap(({ key, value }) => {
        const known = settings.values.find((each) => each.key === key);
        if (known === undefined || known.value === value) return [];
        const before = known.value;
        known.value = value;
        return [{ key, before, after: value }];
      });
      settings.updated_at = instant(mockNow());
      return { changed };
    },
    "organizations.archive_consequences": () => ({
      sentences: [
        "It leaves the lists, and no server or container can be assigned to it any more.",
        "Its books, tickets and log stay. It can be restored at any time.",
        "4 servers and containers keep going on: billing continues until each is deleted.",
      ],
    }),
    "organizations.archive": ({ id }) => putAway(id, true),
    "organizations.restore": ({ id }) => putAway(id, false),
    "users.set_disabled": ({ id, disabled }) => {
      const user = users.find((each) => each.id === id);
      if (user === undefined) return fail("not_found", "There is no such user.");
      user.is_disabled = disabled;
      return {};
    },
  };
}

function putAway(id: number, archived: boolean): Record<string, never> {
  const organization = organizations.find((each) => each.id === id);
  if (organization === undefined) return fail("not_found", "There is no such organization.");
  organization.archived = archived;
  organization.archived_at = archived ? instant(mockNow()) : null;
  organization.updated_at = instant(mockNow());
  return {};
}
