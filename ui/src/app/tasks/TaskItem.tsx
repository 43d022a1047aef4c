import { CircleCheck, CircleMinus, CircleX, Clock } from "lucide-react";
import type { TaskRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { isLive } from "../../ipc/tasks";
import { elapsedText, stepsText } from "../../lib/taskText";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { ProgressRing } from "../../ui/ProgressRing";

/** One task: how far it is and how to stop it, or what became of it. */
export function TaskItem({ task }: { task: TaskRow }) {
  return (
    <li className="task">
      <TaskIcon task={task} />
      <div className="grow">
        <div className="task-head">
          <span className="medium grow truncate">{task.title}</span>
          <span className="tiny muted num">{elapsedText(task.elapsed_ms)}</span>
        </div>
        {isLive(task) ? <AtWork task={task} /> : <Ended task={task} />}
      </div>
    </li>
  );
}

function TaskIcon({ task }: { task: TaskRow }) {
  switch (task.state) {
    case "running":
      return <ProgressRing done={task.done} total={task.total} />;
    case "stopping":
      return <Clock className="fg-warning" aria-label="Stopping" />;
    case "done":
      return <CircleCheck className="fg-success" aria-label="Done" />;
    case "cancelled":
      return <CircleMinus className="fg-neutral" aria-label="Cancelled" />;
    case "failed":
      return <CircleX className="fg-danger" aria-label="Failed" />;
  }
}

function AtWork({ task }: { task: TaskRow }) {
  const cancel = useWrite("tasks.cancel");
  const stopping = task.state === "stopping" || cancel.isPending;
  const steps = stepsText(task.done, task.total);
  return (
    <>
      {task.total > 0 && (
        <progress className="task-bar" value={task.done} max={task.total} aria-label={`Progress of ${task.title}`} />
      )}
      <div className="task-foot">
        <span className="grow">
          <span className="num">{stopping ? "Stopping after the current step…" : (steps ?? "Getting ready…")}</span>
          {!stopping && <span className="tiny muted task-line">{task.on_cancel}</span>}
        </span>
        {!stopping && (
          <Button size="sm" aria-label={`Cancel ${task.title}`} onClick={() => cancel.mutate({ id: task.id })}>
            Cancel
          </Button>
        )}
      </div>
    </>
  );
}

function Ended({ task }: { task: TaskRow }) {
  const { failure, outcome } = task;
  if (failure === null) return <p className="muted selectable">{outcome}</p>;
  const details = [task.title, outcome ?? "", `Code: ${failure.code}`, `Request: ${failure.request_id || "none"}`];
  return (
    <>
      <p className="selectable">{outcome}</p>
      <div className="task-foot">
        <span className="tiny muted selectable grow">
          Code <span className="mono">{failure.code}</span>
          {failure.request_id !== "" && (
            <>
              , request <span className="mono">{failure.request_id}</span>
            </>
          )}
        </span>
        <CopyButton text={details.join("\n")} label="Copy details" />
      </div>
    </>
  );
}
