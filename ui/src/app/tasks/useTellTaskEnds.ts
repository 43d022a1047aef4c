import type { TaskRow } from "../../bindings/contract";
import { useTaskEnds } from "../../ipc/tasks";
import { showToast } from "../../ui/Toast";
import { shellState } from "../shellState";

function tell(task: TaskRow): void {
  const open = { label: "Show", onSelect: () => shellState.set({ trayOpen: true }) };
  if (task.state === "failed") {
    // The tray keeps the error; the toast only says that there is one.
    showToast({ title: `${task.title} failed`, description: "The tasks say why.", action: open });
  } else {
    showToast({
      title: task.state === "cancelled" ? `${task.title} stopped` : `${task.title} is done`,
      ...(task.outcome === null ? {} : { description: task.outcome }),
    });
  }
}

/** A toast when a task ends, wherever the person is by then. */
export function useTellTaskEnds(): void {
  useTaskEnds(tell);
}
