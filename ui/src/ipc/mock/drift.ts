import type { DriftItem, MarginMonth, MarginRow, MarginTotal } from "../../bindings/contract";
import { daysAgo, instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import type { Handlers, Scenario } from "./scenario";

const BASE: Omit<DriftItem, "key" | "kind" | "label" | "remedies"> = {
  resource_kind: "vps",
  resource_id: 5001,
  account_id: 1,
  account: "Linode EU",
  external_id: "48210993",
  organization_id: null,
  organization: null,
  plan_id: null,
  plan: null,
  here: null,
  there: "g6-standard-2",
  monthly: "24.0000" as DriftItem["monthly"],
  is_cost: true,
  since: daysAgo(3),
  observed_at: minutesAgo(4),
  is_gone: false,
  target_plan_id: null,
  target_plan: null,
};

const OWNED = { organization_id: 1, organization: "Brightwater Labs", plan_id: 2, plan: "Linode 4GB", is_cost: false };

export const driftItems: ReadonlyArray<DriftItem> = [
  { ...BASE, key: 81, kind: "unbilled", label: "old-batch-3", remedies: ["assign", "delete"] },
  {
    ...BASE,
    ...OWNED,
    key: 98,
    kind: "overcharged",
    label: "edge-4",
    there: null,
    is_gone: true,
    remedies: ["end_assignment"],
  },
  {
    ...BASE,
    ...OWNED,
    key: 115,
    kind: "plan",
    label: "batch-07",
    here: "g6-standard-1",
    monthly: "12.0000" as DriftItem["monthly"],
    target_plan_id: 3,
    target_plan: "Linode 8GB",
    remedies: ["change_plan", "resize"],
  },
];

const ROWS: ReadonlyArray<MarginRow> = ["Linode 2GB", "Linode 4GB", "Linode 8GB"].map((label, index) => ({
  key: index * 2 + 2,
  kind: "vps",
  id: index + 1,
  label,
  organization_id: null,
  organization: null,
  plan_id: index + 1,
  plan: label,
  resources: 12 - index,
  hours: 8_928 - index * 744,
  revenue: `${(3 - index) * 120}.0000`,
  cost: `${(3 - index) * 80}.0000`,
  margin: `${(3 - index) * 40}.0000`,
  percent: "33.3",
  uncosted: 0,
}));

function total(): MarginTotal {
  return {
    currency: "USD",
    counted_until: instant(mockNow()),
    revenue: "720.0000",
    cost: "480.0000",
    margin: "240.0000",
    percent: "33.3",
    uncosted: 0,
  };
}

function months(): Array<MarginMonth> {
  return [0, 1, 2].map((back) => {
    const now = new Date(mockNow());
    return {
      month: instant(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)),
      revenue: "720.00",
      cost: "480.00",
      margin: "240.00",
      percent: "33.3",
    };
  });
}

export function driftCommands(scenario: Scenario): Handlers {
  const items = scenario === "empty" ? [] : driftItems;
  return {
    "drift.overview": () => ({
      sums: items.map((item) => ({
        kind: item.kind,
        count: 1,
        monthly: item.monthly,
        unknown: 0,
        is_cost: item.is_cost,
        since: item.since,
      })),
      accounts: [{ id: 1, label: "Linode EU", observed_at: minutesAgo(4) }],
      shows_cost: true,
      actions: [
        { name: "edit", allowed: true, reason: null },
        { name: "power", allowed: true, reason: null },
      ],
    }),
    "drift.list": (request) => page(items, request),
    "margin.months": () => ({ months: months() }),
    "margin.list": ({ list }) => ({ page: page(ROWS, list), total: total() }),
  };
}
