import type { NotificationRow, NotificationTarget, TaskRow } from "../../bindings/contract";
import { startMockRun } from "./billing";
import { minutesAgo, mockNow } from "./clock";
import { page } from "./lists";
import { fail, type Handlers, type Scenario } from "./scenario";

const RUN_MS = 14_000;
const RUN_STEPS = 2_140;
const STALE: TaskRow["stale"] = ["billing", "transactions", "wallets", "organizations", "notifications", "shell"];

type Mocked = TaskRow & { began: number };

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

const tasks: Array<Mocked> = [];
let nextTask = 1;

/** A run goes on by the clock and ends by itself. */
function now(task: Mocked): TaskRow {
  if (task.state === "running" || task.state === "stopping") {
    task.elapsed_ms = mockNow() - task.began;
    task.done = Math.min(RUN_STEPS, Math.floor((task.elapsed_ms / RUN_MS) * RUN_STEPS));
    if (task.state === "stopping") {
      task.state = "cancelled";
      task.outcome = `Stopped before its end; ${task.done} organizations stay charged.`;
    } else if (task.done === RUN_STEPS) {
      task.state = "done";
      task.outcome = `Run 418: 1,986.12 charged for 3,920 hours of ${RUN_STEPS} organizations.`;
    }
  }
  const { began: _, ...row } = task;
  return row;
}

export function liveCommands(scenario: Scenario): Handlers {
  const mine = scenario === "empty" ? [] : notifications;
  const failed = new URLSearchParams(location.search).get("task") === "failed";
  if (failed && tasks.length === 0) {
    tasks.push({
      id: 0,
      kind: "billing",
      title: "Billing run",
      on_cancel: "",
      done: 0,
      total: 0,
      elapsed_ms: 420,
      state: "failed",
      outcome: "Another billing run is under way. Nothing was charged; wait until it has ended.",
      failure: { code: "billing_run_under_way", request_id: "0192f3c17b1e" },
      stale: STALE,
      began: mockNow(),
    });
  }
  return {
    "live.poll": () => ({ cursor: "1:1:", everything: false, stale: [] }),
    "tasks.list": () => ({ tasks: tasks.map(now).reverse() }),
    "tasks.cancel": ({ id }) => {
      const task = tasks.find((each) => each.id === id);
      if (task?.state !== "running") return fail("not_found", "This has ended already; there is nothing to stop.");
      task.state = "stopping";
      return {};
    },
    "tasks.clear": () => {
      tasks.splice(0, tasks.length, ...tasks.filter((each) => each.state === "running" || each.state === "stopping"));
      return {};
    },
    "billing.run": () => {
      if (tasks.some((each) => now(each).state === "running"))
        return fail("task_under_way", "This is under way already: look at the tasks. Nothing was started.");
      const id = nextTask++;
      tasks.push({
        id,
        kind: "billing",
        title: "Billing run",
        on_cancel: "Stops after the current charge; what was charged stays charged.",
        done: 0,
        total: RUN_STEPS,
        elapsed_ms: 0,
        state: "running",
        outcome: null,
        failure: null,
        stale: STALE,
        began: mockNow(),
      });
      startMockRun();
      return { task: id };
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
