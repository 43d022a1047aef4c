import type { ChargeRow, Money, ParkedRow, Rate, RunRow, Skipped } from "../../bindings/contract";
import { organizations, servers } from "./business";
import { instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { createRandom, fromCents } from "./random";
import { fail, type Handlers, type Scenario } from "./scenario";

const NEWEST = 417;
const RUNS = 120;
const random = createRandom(417);

function run(id: number): RunRow {
  const minutes = 34 + (NEWEST - id) * 60;
  const status = id === 402 ? "failed" : id % 19 === 18 ? "partial" : id % 53 === 0 ? "cancelled" : "completed";
  const parked = id === NEWEST ? 3 : status === "partial" ? 2 : 0;
  return {
    id,
    run_at: minutesAgo(minutes),
    status: id === NEWEST ? "partial" : status,
    started_at: minutesAgo(minutes),
    finished_at: instant(Date.parse(minutesAgo(minutes)) + 92_000 + Math.floor(random() * 40_000)),
    started_by: id % 24 === 9 ? "Samir Haddad" : null,
    organizations: 2_100 + Math.floor(random() * 40),
    resources: 3_880 + Math.floor(random() * 60),
    hours: 3_880 + Math.floor(random() * 80),
    charged: fromCents(198_000 + Math.floor(random() * 30_000)) as Money,
    currency: "USD",
    carried: "4.1873",
    parked,
    skipped: id === NEWEST ? 2 : 0,
    is_alive: false,
  };
}

const runs: Array<RunRow> = Array.from({ length: RUNS }, (_, index) => run(NEWEST - index));

export function startMockRun(): void {
  runs.unshift({
    ...run(NEWEST + 1),
    run_at: instant(mockNow()),
    started_at: instant(mockNow()),
    finished_at: null,
    status: "open",
    started_by: "Maya Okafor",
    skipped: 0,
    parked: 0,
    is_alive: true,
  });
  setTimeout(() => {
    const open = runs[0];
    if (open?.status === "open")
      Object.assign(open, { status: "completed", is_alive: false, finished_at: instant(mockNow()) });
  }, 14_000);
}

const SKIPPED: ReadonlyArray<Skipped> = [
  { organization_id: 111, organization: "Anselm Optics", reason: "foreign_currency" },
  { organization_id: 139, organization: "Copperfield Prints", reason: "no_wallet" },
];

function charges(id: number): Array<ChargeRow> {
  const draw = createRandom(id);
  return organizations
    .filter((each) => each.currency === "USD")
    .map((each, index): ChargeRow => {
      const tenThousandths = 400 + Math.floor(draw() * 60_000);
      const exact = (units: number) => `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, "0")}`;
      const carryIn = Math.floor(draw() * 99);
      const due = tenThousandths + carryIn;
      return {
        id: id * 1_000 + index,
        organization_id: each.id,
        organization: each.name,
        usage_month: "2026-11-01",
        hours: 1 + Math.floor(draw() * 60),
        usage: exact(tenThousandths),
        carry_in: exact(carryIn),
        amount: fromCents(Math.floor(due / 100)) as Money,
        currency: "USD",
        carry_out: exact(due % 100),
        transaction_id: 91_000 - index,
      };
    });
}

function waits(
  id: number,
  index: number,
  reason: string,
  hours: number,
  plan: [number, string, string | null] | null,
): ParkedRow {
  const server = servers[index * 7];
  const cents = plan?.[2] == null ? null : Math.round(hours * Number.parseFloat(plan[2]) * 100);
  return {
    id,
    kind: "vps",
    resource_id: server?.id ?? 1,
    label: server?.label ?? "server",
    organization_id: server?.organization_id ?? null,
    organization: server?.organization ?? null,
    reason,
    parked_from: minutesAgo(hours * 60),
    hours,
    plan_id: plan?.[0] ?? null,
    plan: plan?.[1] ?? null,
    hourly_rate: (plan?.[2] ?? null) as Rate | null,
    currency: "USD",
    worth: cents === null ? null : (fromCents(cents) as Money),
  };
}

const parked: Array<ParkedRow> = [
  waits(1, 1, "adopted", 2_204, [3, "Dedicated 8 GB", "0.1224"]),
  waits(2, 2, "gone", 31, [4, "Shared 2 GB", "0.0216"]),
  waits(3, 3, "no_plan", 19, null),
  waits(4, 5, "no_rate", 4, [9, "GPU 24 GB", null]),
];

export function billingCommands(scenario: Scenario): Handlers {
  const empty = scenario === "empty";
  const all = empty ? [] : runs;
  const find = (id: number) => all.find((each) => each.id === id);
  const refusal = scenario === "support" ? "Support staff can read usage and billing, not change it." : null;
  const exported = (rows: number) => ({ path: "/home/maya/Downloads/export-2026-11-22.csv", rows });
  return {
    "billing.overview": () => {
      const open = all.find((each) => each.status === "open")?.id ?? null;
      const underWay = open === null ? null : `Billing run ${open} is under way.`;
      const waiting = empty ? [] : parked;
      const action = (name: string, reason: string | null) => ({ name, allowed: reason === null, reason });
      return {
        last_run: all.find((each) => each.status === "completed" || each.status === "partial") ?? null,
        open_run: open,
        overdue: false,
        agent_seen: empty ? null : minutesAgo(1),
        agent_missing: false,
        parked: waiting.length,
        undecided: waiting.filter((each) => each.reason === "adopted" || each.reason === "gone").length,
        arrears: (empty ? "0.00" : "212.40") as Money,
        behind: empty ? 0 : 6,
        schedule: "hourly",
        currency: "USD",
        actions: [action("run", refusal ?? underWay), action("decide", refusal)],
      };
    },
    "billing.runs": (request) =>
      page(all, request.sort === null ? { ...request, sort: { column: "id", descending: true } } : request),
    "billing.runs_export": (request) => exported(page(all, request.list).total),
    "billing.run_detail": ({ id }) => {
      const found = find(id);
      if (found === undefined) return fail("not_found", "It doesn't exist, or your role can't see it.");
      return { run: found, skipped: found.skipped > 0 ? [...SKIPPED] : [] };
    },
    "billing.charges": (request) => {
      const of = Number(request.filters.find((filter) => filter.column === "run_id")?.values[0] ?? NEWEST);
      const rest = request.filters.filter((filter) => filter.column !== "run_id");
      return page(charges(of), { ...request, filters: rest });
    },
    "billing.charges_export": (request) => exported(request.list.limit),
    "billing.books": () => ({
      proof: empty
        ? null
        : {
            id: 12,
            scope: "incremental",
            proven_at: minutesAgo(31),
            confirmed_at: minutesAgo(3),
            proven_by: "Maya Okafor",
            ok: true,
            checked: { wallets: 6, charges: 42, hours: 318, invoices: 0 },
            breach_count: 0,
            breaches: [],
            duration_ms: 48,
          },
      actions: [{ name: "prove", allowed: refusal === null, reason: refusal }],
    }),
    "billing.prove_changes": () => ({}),
    "billing.parked": () => ({ parked: empty ? [] : parked }),
    "billing.resolve_parked": ({ id }) => {
      const index = parked.findIndex((each) => each.id === id);
      if (index < 0)
        return fail(
          "parked_not_decidable",
          "This resource waits for a plan or a price, or doesn't wait any more. Nothing was changed.",
        );
      parked.splice(index, 1);
      return {};
    },
  };
}
