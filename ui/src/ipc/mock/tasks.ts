import type { TaskRow } from "../../bindings/contract";
import { mockNow } from "./clock";
import { fail, type Handlers } from "./scenario";

type Work = Pick<TaskRow, "kind" | "title" | "on_cancel" | "stale" | "total"> & {
  /** How long it takes. */
  readonly ms: number;
  /** What it says at its end, and when it is stopped after so many steps. */
  readonly ended: () => string;
  readonly stopped: (done: number) => string;
};
type Mocked = { row: TaskRow; work: Work; began: number };

const tasks: Array<Mocked> = [];

/** Goes on by the clock and ends by itself. */
function now({ row, work, began }: Mocked): TaskRow {
  if (row.state === "running" || row.state === "stopping") {
    row.elapsed_ms = mockNow() - began;
    row.done = Math.min(work.total, Math.floor((row.elapsed_ms / work.ms) * work.total));
    if (row.state === "stopping") {
      row.state = "cancelled";
      row.outcome = work.stopped(row.done);
    } else if (row.done === work.total) {
      row.state = "done";
      row.outcome = work.ended();
    }
  }
  return row;
}

const isLive = (task: Mocked) => ["running", "stopping"].includes(now(task).state);

export function startMockTask(work: Work): { task: number } {
  if (tasks.some((task) => task.row.kind === work.kind && isLive(task)))
    fail("task_under_way", "This is under way already: look at the tasks. Nothing was started.");
  const { kind, title, on_cancel, stale, total } = work;
  const row: TaskRow = {
    id: tasks.length + 1,
    kind,
    title,
    on_cancel,
    done: 0,
    total,
    elapsed_ms: 0,
    state: "running",
    outcome: null,
    failure: null,
    stale,
  };
  tasks.push({ row, work, began: mockNow() });
  return { task: row.id };
}

/** One that has failed already. */
export function addFailedTask(work: Work, outcome: string, code: string): void {
  if (tasks.length > 0) return;
  const { task } = startMockTask(work);
  const failed = tasks.find(({ row }) => row.id === task);
  if (failed === undefined) return;
  failed.row.state = "failed";
  failed.row.elapsed_ms = 420;
  failed.row.outcome = outcome;
  failed.row.failure = { code, request_id: "0192f3c17b1e" };
}

export function taskCommands(): Handlers {
  return {
    "tasks.list": () => ({ tasks: tasks.map(now).reverse() }),
    "tasks.cancel": ({ id }) => {
      const task = tasks.find(({ row }) => row.id === id);
      if (task === undefined || !isLive(task))
        return fail("not_found", "This has ended already; there is nothing to stop.");
      task.row.state = "stopping";
      return {};
    },
    "tasks.clear": () => {
      tasks.splice(0, tasks.length, ...tasks.filter(isLive));
      return {};
    },
  };
}
