import type {
  Assigned,
  ContainerRow,
  ImportReport,
  Money,
  PlanRow,
  PriceAnswer,
  PriceFields,
  Rate,
  ServerRow,
} from "../../bindings/contract";
import { organizations, servers } from "./business";
import { daysAgo, instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";

/** Type, name, cores, memory, disk, cost, rate, cap. */
const VPS: ReadonlyArray<[string, string, number, number, number, string, string, string | null]> = [
  ["g6-dedicated-4", "Dedicated 8 GB", 4, 8192, 160, "0.1080", "0.1224", "82.00"],
  ["g6-dedicated-8", "Dedicated 16 GB", 8, 16_384, 320, "0.2160", "0.2448", "164.00"],
  ["g6-dedicated-16", "Dedicated 32 GB", 16, 32_768, 640, "0.4320", "0.4896", "328.00"],
  ["g6-standard-1", "Shared 2 GB", 1, 2048, 50, "0.0180", "0.0204", "13.60"],
  ["g6-standard-2", "Shared 4 GB", 2, 4096, 80, "0.0360", "0.0408", null],
];

function planRow(index: number, row: (typeof VPS)[number]): PlanRow {
  const [type, name, vcpus, memory, disk, cost, rate, cap] = row;
  return {
    key: (index + 1) * 2,
    kind: "vps",
    id: index + 1,
    name,
    provider: "linode",
    linode_type: type,
    vcpus,
    cpu_cores: null,
    memory_mb: memory,
    disk_gb: disk,
    transfer_gb: 4000,
    network_out_mbps: 4000,
    regions: [],
    base_cost: cost as Rate,
    markup: "13.33",
    provider_monthly: "72.0000",
    rate: rate as Rate,
    rate_by_hand: index === 4,
    monthly_rate: cap as Money | null,
    is_active: true,
    resources: servers.filter((each) => each.plan === name && each.assigned).length,
    alarm: null,
    created_at: daysAgo(300),
    updated_at: daysAgo(30),
  };
}

export const plans: Array<PlanRow> = VPS.map((row, index) => planRow(index, row));
plans.push(
  {
    ...planRow(5, VPS[3] as (typeof VPS)[number]),
    name: "Shared 2 GB (id-cgk)",
    regions: ["id-cgk"],
    base_cost: "0.0216" as Rate,
    rate: "0.0245" as Rate,
    monthly_rate: "16.32" as Money,
    resources: 0,
    alarm: { region: "id-cgk", hourly: "0.0251", monthly: "16.8", was_hourly: "0.0216", since: daysAgo(2) },
  },
  {
    ...planRow(0, VPS[0] as (typeof VPS)[number]),
    key: 3,
    kind: "container",
    id: 1,
    name: "Half core",
    provider: null,
    linode_type: null,
    vcpus: null,
    cpu_cores: "0.50",
    memory_mb: 512,
    disk_gb: 10,
    base_cost: "0.0030" as Rate,
    rate: "0.0040" as Rate,
    monthly_rate: "2.50" as Money,
    provider_monthly: null,
    resources: 9,
    alarm: null,
  },
  {
    ...planRow(6, VPS[4] as (typeof VPS)[number]),
    name: "Legacy colocation",
    linode_type: null,
    base_cost: null,
    rate: null,
    rate_by_hand: false,
    monthly_rate: null,
    is_active: false,
    resources: 0,
    alarm: null,
  },
);

const IMAGES = ["nginx:1.27", "postgres:17", "redis:7.4", "ghcr.io/brightwater/worker:2.3.1"];
export const containers: Array<ContainerRow> = Array.from({ length: 12 }, (_, index): ContainerRow => {
  const org = index % 4 === 3 ? null : (organizations[index % 5] ?? null);
  return {
    id: 700 + index,
    container_id: `${(0x4f1c2a + index * 7919).toString(16)}9be1d4`,
    name: ["shop-web", "shop-db", "cache", "worker"][index % 4] + (index < 4 ? "" : `-${Math.floor(index / 4) + 1}`),
    image: IMAGES[index % 4] ?? null,
    organization_id: org?.id ?? null,
    organization: org?.name ?? null,
    assigned: org !== null,
    plan_id: org === null ? null : 1,
    plan: org === null ? null : "Half core",
    hourly_rate: org === null ? null : ("0.0040" as Rate),
    status: ["running", "running", "exited", "restarting"][index % 4] ?? null,
    ports: index % 2 === 0 ? [{ inside: "80/tcp", outside: String(8080 + index), as_written: false }] : [],
    volumes:
      index % 4 === 1 ? [{ inside: "/var/lib/postgresql/data", outside: "/srv/shop-db", as_written: false }] : [],
    environment: ["DATABASE_URL", "NODE_ENV", "SESSION_SECRET"],
    environment_unreadable: 0,
    created_at: daysAgo(20 + index * 9),
    last_billed_at: org === null ? null : minutesAgo(34),
    host_id: 11,
    host: "Rack 2",
    presence: index === 10 ? "gone" : "present",
    health: index === 4 ? "unhealthy" : null,
    seen_at: minutesAgo(2),
  };
});

/** The program's rule for a price, on whole ten-thousandths; here only so that the forms can be looked at. */
function priceOf(fields: PriceFields): PriceAnswer {
  const units = (text: string, decimals: number, field: string): bigint | null => {
    if (text === "") return null;
    const parts = new RegExp(`^(\\d+)(?:\\.(\\d{1,${decimals}}))?$`).exec(text);
    if (parts === null) return fail("invalid_field", `Write it with digits and at most ${decimals} decimals.`, field);
    return BigInt(`${parts[1]}${(parts[2] ?? "").padEnd(decimals, "0")}`);
  };
  const text = (value: bigint | null, decimals: number): string | null => {
    if (value === null) return null;
    const digits = value.toString().padStart(decimals + 1, "0");
    return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  };
  const cost = units(fields.base_cost, 4, "base_cost");
  const markup = units(fields.markup, 2, "markup") ?? 0n;
  const byHand = units(fields.hourly_rate, 4, "hourly_rate");
  const cap = units(fields.monthly_rate, 2, "monthly_rate");
  const follows = cost === null ? null : (cost * (10_000n + markup) + 5_000n) / 10_000n;
  return {
    rate: text(byHand ?? follows, 4) as Rate | null,
    by_hand: byHand !== null && byHand !== follows,
    monthly_rate: text(cap, 2) as Money | null,
  };
}

const REPORT: ImportReport = {
  added: [
    {
      name: "Nanode 1GB",
      linode_type: "g6-nanode-1",
      region: null,
      price: {
        base_cost: "0.0075" as Rate,
        provider_monthly: "5.0000",
        markup: "20.00",
        rate: "0.0090" as Rate,
        monthly_rate: "6.00" as Money,
      },
    },
    {
      name: "Nanode 1GB (id-cgk)",
      linode_type: "g6-nanode-1",
      region: "id-cgk",
      price: {
        base_cost: "0.0090" as Rate,
        provider_monthly: "6.0000",
        markup: "20.00",
        rate: "0.0108" as Rate,
        monthly_rate: "7.20" as Money,
      },
    },
  ],
  unchanged: [],
  changed: [
    {
      id: 4,
      name: "Shared 2 GB",
      linode_type: "g6-standard-1",
      region: null,
      old: {
        base_cost: "0.0180" as Rate,
        provider_monthly: "12.0000",
        markup: "13.33",
        rate: "0.0204" as Rate,
        monthly_rate: "13.60" as Money,
      },
      new: {
        base_cost: "0.0180" as Rate,
        provider_monthly: "12.0000",
        markup: "20.00",
        rate: "0.0216" as Rate,
        monthly_rate: "14.40" as Money,
      },
      regions_added: [],
      above_ours: false,
    },
  ],
  left_out: [
    {
      linode_type: "g6-standard-1",
      region: "br-gru",
      reason: "The provider names no price per hour; unknown is not free.",
    },
  ],
  applied: false,
  prices_updated: false,
};

type Thing = ServerRow | ContainerRow;

function things(kind: "vps" | "container"): Array<Thing> {
  return kind === "vps" ? servers : containers;
}

function nameOf(thing: Thing): string {
  return ("label" in thing ? thing.label : thing.name) ?? String(thing.id);
}

export function planCommands(scenario: Scenario): Handlers {
  const some = <T>(rows: Array<T>): Array<T> => (scenario === "empty" ? [] : rows);
  const hidden = scenario === "support";
  const seen = (plan: PlanRow): PlanRow =>
    hidden ? { ...plan, base_cost: null, markup: null, provider_monthly: null, rate_by_hand: null, alarm: null } : plan;
  const find = (kind: string, id: number): PlanRow =>
    plans.find((plan) => plan.kind === kind && plan.id === id) ?? fail("not_found", "There is no such plan.");
  const assigned = (kind: "vps" | "container", id: number, organizationId: number, planId: number): Assigned => {
    const thing = things(kind).find((each) => each.id === id) ?? fail("not_found", "There is no such thing.");
    const organization = organizations.find((each) => each.id === organizationId);
    if (organization === undefined) return fail("not_found", "There is no such organization.");
    if (thing.organization_id === organizationId)
      return fail("assign_already_there", "It is this organization's already. Nothing was changed; change its plan.");
    const plan = find(kind, planId);
    if (plan.rate === null) return fail("plan_without_rate", "This plan has no rate. Nothing was changed.");
    return {
      label: nameOf(thing),
      organization: organization.name,
      taken_from: thing.organization,
      plan: plan.name,
      rate: plan.rate,
      monthly_rate: plan.monthly_rate,
      starts_at: instant(mockNow()),
      hours: 0,
      amount: "0.0000",
      warnings: [],
    };
  };
  return {
    "containers.list": (request) => page(some(containers), request),
    "containers.export": (request) => ({
      path: "/home/maya/Downloads/containers.csv",
      rows: page(some(containers), request.list).total,
    }),
    "containers.record": () => ({ id: 799 }),
    "plans.list": (request) => page(some(plans.map(seen)), request),
    "plans.export": (request) => ({
      path: "/home/maya/Downloads/plans.csv",
      rows: page(some(plans), request.list).total,
    }),
    "plans.get": ({ kind, id }) => {
      const plan = seen(find(kind, id));
      const price = { base_cost: plan.base_cost, markup: plan.markup, monthly_rate: plan.monthly_rate };
      return {
        plan,
        full_month: plan.rate === null ? null : ("6888.00" as Money),
        actions: [],
        history: [
          { ...price, effective_from: daysAgo(30), rate: plan.rate, recorded_by: "Maya Okafor" },
          { ...price, effective_from: null, rate: "0.1150" as Rate, recorded_by: "Samir Haddad" },
        ],
      };
    },
    "plans.price": priceOf,
    "plans.choices": ({ kind, search }) => ({
      choices: plans.flatMap((plan) =>
        plan.kind === kind &&
        plan.is_active &&
        plan.rate !== null &&
        plan.name.toLowerCase().includes(search.trim().toLowerCase())
          ? [
              {
                id: plan.id,
                name: plan.name,
                rate: plan.rate,
                monthly_rate: plan.monthly_rate,
                misfit: plan.regions.length === 0 ? null : `Priced for ${plan.regions.join(", ")}.`,
              },
            ]
          : [],
      ),
    }),
    "plans.create": () => ({ id: 99 }),
    "plans.edit": () => ({}),
    "plans.change_price": ({ kind, id, price }) => {
      const plan = find(kind, id);
      const answer = priceOf(price);
      const old = { old_rate: plan.rate, old_monthly_rate: plan.monthly_rate };
      plan.rate = answer.rate;
      plan.monthly_rate = answer.monthly_rate;
      return { ...old, rate: answer.rate, monthly_rate: answer.monthly_rate, affected: plan.resources };
    },
    "plans.set_active": ({ kind, id, active }) => {
      find(kind, id).is_active = active;
      return {};
    },
    "plans.import_preview": () => REPORT,
    "plans.import": (request) => ({ ...REPORT, applied: true, prices_updated: request.update_prices }),
    "assignments.preview": (request) => ({
      items: request.resource_ids.map((id) => assigned(request.kind, id, request.organization_id, request.plan_id)),
      hours: request.start === null ? 0 : 168,
      amount: request.start === null ? "0.0000" : "20.5632",
    }),
    "assignments.assign": (request) => {
      const items = request.resource_ids.map((id) =>
        assigned(request.kind, id, request.organization_id, request.plan_id),
      );
      const plan = find(request.kind, request.plan_id);
      for (const thing of things(request.kind)) {
        if (!request.resource_ids.includes(thing.id)) continue;
        thing.organization_id = request.organization_id;
        thing.organization = items[0]?.organization ?? null;
        thing.assigned = true;
        thing.plan_id = plan.id;
        thing.plan = plan.name;
        thing.hourly_rate = plan.rate;
      }
      return { items, hours: 0, amount: "0.0000" };
    },
    "assignments.preview_plan": (request) => {
      const plan = find(request.kind, request.plan_id);
      const old = plans.find((each) => each.kind === request.kind && each.id === request.seen_plan_id);
      if (plan.rate === null) return fail("plan_without_rate", "This plan has no rate. Nothing was changed.");
      if (plan.id === request.seen_plan_id)
        return fail("assign_same_plan", "It is on this plan already. Nothing was changed.");
      return {
        label: "",
        old_plan: old?.name ?? null,
        old_rate: old?.rate ?? null,
        old_monthly_rate: old?.monthly_rate ?? null,
        plan: plan.name,
        rate: plan.rate,
        monthly_rate: plan.monthly_rate,
        hours: 3,
        amount: "0.3672",
        warnings: [],
      };
    },
    "assignments.release": ({ kind, id }) => {
      const thing = things(kind).find((each) => each.id === id);
      return {
        label: thing === undefined ? "" : nameOf(thing),
        organization: thing?.organization ?? "",
        not_undoable:
          id % 2 === 0 ? null : "Hours of this assignment have been charged, so it can't be undone. End it instead.",
        hours: 1,
        amount: "0.1224",
      };
    },
  };
}
