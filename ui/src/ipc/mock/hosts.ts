import type { ContainerDetail, HostRow, IntentPlaced, LogLine, Money, Preview, Rate } from "../../bindings/contract";
import { instant, minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { containers, plans } from "./plans";
import { fail, type Handlers } from "./scenario";

const ENGINE = {
  engine_id: "6WTD:4BD6",
  version: "27.3.1",
  api_version: "1.47",
  computer: "rack-2",
  system: "Debian GNU/Linux 12 (bookworm)",
  architecture: "x86_64",
  storage_driver: "overlay2",
  cpus: 16,
  memory_bytes: 64 * 1024 ** 3,
  limits_memory: true,
  limits_cpu: true,
  warnings: [],
};

export const hosts: Array<HostRow> = [
  {
    id: 11,
    label: "Rack 2",
    endpoint: "tcp://rack-2.halyard.example:2376",
    is_active: true,
    papers: "sealed",
    engine: ENGINE,
    checked_at: minutesAgo(2),
    observed_at: minutesAgo(2),
    last_sync: { id: 432, status: "completed", started_at: minutesAgo(2), error_code: null, error: null },
    containers: 12,
    running: 6,
    unassigned: 3,
    missing: 0,
    gone: 1,
  },
];

const SAID = [
  "ready for connections",
  "GET /health 200 1 ms",
  "GET /orders/4711 200 18 ms",
  "warning: slow query, 412 ms",
];

function detailOf(id: number): ContainerDetail {
  const container = containers.find((each) => each.id === id) ?? fail("not_found", "There is no such container.");
  const plan = plans.find((each) => each.kind === "container" && each.id === container.plan_id) ?? null;
  return {
    container,
    plan,
    wallet: container.organization_id === null ? null : { balance: "482.10" as Money, orderable: "471.96" as Money },
    actions: ["start", "stop", "restart", "remove", "look"].map((name) => ({ name, allowed: true, reason: null })),
  };
}

const placed: IntentPlaced = { id: 61, held: "0.00" as Money, repeated: false, carried_out_here: true };

function preview(kind: string): Preview {
  const creates = kind === "create";
  return {
    kind,
    plan: creates ? "Half core" : null,
    rate: creates ? ("0.0040" as Rate) : null,
    monthly_rate: creates ? ("2.50" as Money) : null,
    held: (creates ? "0.10" : "0.00") as Money,
    orderable: creates ? ("471.86" as Money) : null,
    final_hours: kind === "remove" ? 3 : null,
    final_amount: kind === "remove" ? "0.0120" : null,
    parameters: {},
    warnings: [],
  };
}

export const hostCommands: Handlers = {
  "hosts.create": () => ({ id: 12, engine: ENGINE }),
  "hosts.replace": ({ id }) => ({ id, engine: ENGINE }),
  "hosts.check": ({ id }) => ({ id, engine: ENGINE }),
  "hosts.images": () => ({
    images: ["nginx:1.27", "postgres:17", "redis:7.4"].map((name) => ({
      name,
      size: 48 * 1024 ** 2,
      created: minutesAgo(9000),
    })),
  }),
  "containers.get": ({ id }) => detailOf(id),
  "containers.inspect": ({ id }) => ({
    id: detailOf(id).container.container_id ?? "",
    name: detailOf(id).container.name ?? "",
    image: detailOf(id).container.image ?? "",
    image_id: null,
    state: detailOf(id).container.status ?? "running",
    health: null,
    exit_code: null,
    oom_killed: false,
    error: null,
    created: minutesAgo(9000),
    started: minutesAgo(720),
    finished: null,
    restarts: 0,
    restart_policy: "unless-stopped",
    cpus: 0.5,
    memory_bytes: 512 * 1024 ** 2,
    disk_limit: null,
    ports: ["8080 to 80/tcp"],
    mounts: [],
    addresses: ["172.17.0.4 (bridge)"],
    environment: ["DATABASE_URL"],
    labels: [],
  }),
  "containers.logs": ({ from }) => ({
    lines: SAID.slice(0, from === null ? 4 : 1).map(
      (text): LogLine => ({
        at: instant(mockNow()),
        is_error: text.startsWith("warning"),
        text,
        cut: false,
      }),
    ),
    position: "1.0:1,",
    more: false,
  }),
  "containers.stats": () => ({
    sample: {
      at: instant(Date.now()),
      cpu_percent: 12 + 8 * Math.sin(Date.now() / 9000),
      memory: 214 * 1024 ** 2,
      memory_limit: 512 * 1024 ** 2,
      received: 4200,
      sent: 18_000,
      disk_read: 0,
      disk_written: 2048,
      processes: 7,
    },
    counters: "{}",
  }),
  "containers.order_preview": () => preview("create"),
  "containers.order": () => ({ ...placed, held: "0.10" as Money }),
  "containers.act_preview": ({ act }) => preview(act),
  "containers.act": () => placed,
  "servers.intents": (request) => page([], request),
  "intents.withdraw": () => ({}),
};
