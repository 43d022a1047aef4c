import { useWrite } from "../../ipc/queries";
import { isLive, useTasks } from "../../ipc/tasks";
import { Button } from "../../ui/Button";
import { TaskItem } from "./TaskItem";
import "./tasks.css";

/** What is under way at this desk, and what became of what was. */
export function TaskTray() {
  const tasks = useTasks();
  const clear = useWrite("tasks.clear");
  if (tasks.length === 0) {
    return (
      <p className="muted">
        Nothing is under way. Billing runs, proofs, month closes and syncs show here while they last.
      </p>
    );
  }
  return (
    <>
      <ul className="tasks">
        {tasks.map((task) => (
          <TaskItem key={task.id} task={task} />
        ))}
      </ul>
      {tasks.some((task) => !isLive(task)) && (
        <p className="popover-foot">
          <Button size="sm" variant="ghost" pending={clear.isPending} onClick={() => clear.mutate({})}>
            Clear what has ended
          </Button>
        </p>
      )}
    </>
  );
}
