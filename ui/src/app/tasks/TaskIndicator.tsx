import { CircleX } from "lucide-react";
import { isLive, useTasks } from "../../ipc/tasks";
import { stepsText } from "../../lib/taskText";
import { Popover } from "../../ui/Popover";
import { ProgressRing } from "../../ui/ProgressRing";
import { shellState, useShellState } from "../shellState";
import { TaskTray } from "./TaskTray";

/** In the app bar: the task under way, or that one has failed. It opens the tray. */
export function TaskIndicator() {
  const tasks = useTasks();
  const { trayOpen } = useShellState();
  const live = tasks.filter(isLive);
  const shown = live[0] ?? tasks.find((task) => task.state === "failed");
  if (shown === undefined && !trayOpen) return null;
  const steps = shown === undefined || !isLive(shown) ? null : stepsText(shown.done, shown.total);
  const more = live.length > 1 ? ` +${live.length - 1}` : "";
  return (
    <Popover
      title="Tasks"
      align="end"
      className="tray"
      open={trayOpen}
      onOpenChange={(open) => shellState.set({ trayOpen: open })}
      trigger={
        <button type="button" className="task-indicator">
          {shown === undefined ? (
            "Tasks"
          ) : isLive(shown) ? (
            <>
              <ProgressRing done={shown.done} total={shown.total} />
              <span className="truncate num">
                {shown.title}
                {steps !== null && ` · ${steps}`}
                {more}
              </span>
            </>
          ) : (
            <>
              <CircleX className="icon-s fg-danger" aria-hidden />
              <span className="truncate">{shown.title} failed</span>
            </>
          )}
        </button>
      }
    >
      <TaskTray />
    </Popover>
  );
}
