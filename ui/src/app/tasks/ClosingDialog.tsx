import { useEffect, useRef, useState } from "react";
import { closeWindow } from "../../ipc/desktop";
import { useWrite } from "../../ipc/queries";
import { isLive, useTasks } from "../../ipc/tasks";
import { useBeforeClosing } from "../../lib/closing";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

/** Asked when the window is closed while something is under way: stop it after its step and go, or stay. */
export function ClosingDialog() {
  const live = useTasks().filter(isLive);
  const cancel = useWrite("tasks.cancel");
  const [state, setState] = useState<"closed" | "asking" | "stopping">("closed");
  const keep = useRef<HTMLButtonElement>(null);
  const busy = live.length > 0;
  useBeforeClosing(busy, () => setState((before) => (before === "stopping" ? before : "asking")));

  useEffect(() => {
    if (state === "stopping" && !busy) closeWindow();
  }, [state, busy]);

  function stop(): void {
    for (const task of live) cancel.mutate({ id: task.id });
    setState("stopping");
  }

  const names = live.map((task) => task.title).join(", ");
  return (
    <Dialog
      open={state !== "closed" && busy}
      onClose={() => setState("closed")}
      title={state === "stopping" ? "Stopping…" : "Quit while this is under way?"}
      width="small"
      initialFocus={keep}
      footer={
        state === "stopping" ? (
          <>
            <Button ref={keep} onClick={() => setState("closed")}>
              Stay
            </Button>
            <Button variant="danger" onClick={closeWindow}>
              Quit now
            </Button>
          </>
        ) : (
          <>
            <Button ref={keep} onClick={() => setState("closed")}>
              Keep running
            </Button>
            <Button variant="danger" onClick={stop}>
              Stop and quit
            </Button>
          </>
        )
      }
    >
      {state === "stopping" ? (
        <p>{names}: stops after the current step, then the window closes.</p>
      ) : (
        <ul className="closing-tasks">
          {live.map((task) => (
            <li key={task.id}>
              <b className="medium">{task.title}</b>
              <span className="muted">{task.on_cancel}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
