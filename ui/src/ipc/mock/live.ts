import type { NotificationRow, NotificationTarget, TaskRow } from "../../bindings/contract";
import { startMockRun } from "./billing";
import { minutesAgo } from "./clock";
import { page } from "./lists";
import type { Handlers, Scenario } from "./scenario";
import { addFailedTask, startMockTask } from "./tasks";

const RUN_MS = 14_000;
const RUN_STEPS = 2_140;
const STALE: TaskRow["stale"] = ["billing", "transactions", "wallets", "organizations", "notifications", "shell"];

function notification(
  id: number,
  minutes: number,
  type: string,
  title: string,
  message: string,
  target: NotificationTarget | null,
): NotificationRow {
  return { id, title, message, type, is_read: minutes > 300, created_at: minutesAgo(minutes), target };
}

const notifications: Array<NotificationRow> = [
  notification(31, 12, "support", "Ines Carvalho replied to T-004187", "batch-07 unreachable after resize", {
    kind: "ticket",
    id: 4187,
  }),
  notification(
    30,
    34,
    "billing",
    "3 resources wait for a price since billing run 417",
    "They have no plan, or their plan has no price. Their hours are kept and are charged once they have one.",
    { kind: "run", id: 417 },
  ),
  notification(
    29,
    94,
    "billing",
    "Larkspur Legal: the wallet is empty",
    "The wallet holds 0.00 USD and does not cover the usage any more. Usage goes on and is collected at the next deposit.",
    { kind: "organization", id: 108 },
  ),
  notification(28, 410, "support", "T-004161 was assigned to you", "Egress charge looks too high for October", {
    kind: "ticket",
    id: 4161,
  }),
  notification(
    27,
    1_730,
    "billing",
    "Pilcrow Press: the balance is low",
    "The wallet holds 41.18 USD: less than 3 days of usage at the current rate of 0.6120 an hour.",
    { kind: "organization", id: 110 },
  ),
  notification(
    26,
    2_600,
    "error",
    "Billing run 402 failed",
    "What it charged stays charged; the next run goes on from there.",
    {
      kind: "run",
      id: 402,
    },
  ),
  notification(25, 9_000, "info", "Welcome to Halyard", "Your account is ready.", null),
];

const RUN = {
  kind: "billing",
  title: "Billing run",
  on_cancel: "Stops after the current charge; what was charged stays charged.",
  stale: STALE,
  total: RUN_STEPS,
  ms: RUN_MS,
  ended: () => `Run 418: 1,986.12 charged for 3,920 hours of ${RUN_STEPS} organizations.`,
  stopped: (done: number) => `Stopped before its end; ${done} organizations stay charged.`,
} as const;

export function liveCommands(scenario: Scenario): Handlers {
  const mine = scenario === "empty" ? [] : notifications;
  if (new URLSearchParams(location.search).get("task") === "failed")
    addFailedTask(
      RUN,
      "Another billing run is under way. Nothing was charged; wait until it has ended.",
      "billing_run_under_way",
    );
  return {
    "live.poll": () => ({ cursor: "1:1:", everything: false, stale: [] }),
    "billing.run": () => {
      const started = startMockTask(RUN);
      startMockRun();
      return started;
    },
    "notifications.list": (request) => {
      const sorted = request.sort === null ? { ...request, sort: { column: "created_at", descending: true } } : request;
      return page(mine, sorted);
    },
    "notifications.mark_read": ({ ids, read }) => {
      const found = mine.filter((row) => ids.includes(row.id) && row.is_read !== read);
      for (const row of found) row.is_read = read;
      return { changed: found.length };
    },
    "notifications.mark_all_read": ({ newest_id }) => {
      const found = mine.filter((row) => row.id <= newest_id && !row.is_read);
      for (const row of found) row.is_read = true;
      return { changed: found.length };
    },
  };
}

export function unreadNotifications(): number {
  return notifications.filter((row) => !row.is_read).length;
}
