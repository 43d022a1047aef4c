import { useState } from "react";
import type { ContainerAct, ContainerRow, IntentPlaced, Preview } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { formatExact, plural } from "../../lib/format";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { ACTS } from "./acts";
import { containerName } from "./columns";

type ActDialogProps = {
  readonly row: ContainerRow;
  readonly act: Exclude<ContainerAct, "start">;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Says what stopping, restarting or removing means now, as the database reckons it. A removal asks for the name. */
export function ActDialog({ row, act, disabledReason, onClose }: ActDialogProps) {
  const name = containerName(row);
  const { verb } = ACTS[act];
  // Made when the dialog opens: sent again, it is done once.
  const [key] = useState(() => crypto.randomUUID());
  const [typed, setTyped] = useState("");
  const preview = useRead("containers.act_preview", { container_id: row.id, act, key: `${key}-look` });
  const write = useWrite("containers.act");
  const removes = act === "remove";
  const unknown = preview.data === undefined ? "What it means is not known yet." : null;
  const unnamed = removes && typed.trim() !== name ? "Type the container\u2019s name first." : null;
  return (
    <ConfirmDialog
      title={`${verb} ${name}?`}
      action={`${verb} ${name}`}
      variant={removes ? "danger" : "primary"}
      pending={write.isPending}
      disabledReason={disabledReason ?? unknown ?? unnamed}
      onConfirm={() =>
        write.mutate(
          { container_id: row.id, act, key },
          {
            onSuccess: (placed) => {
              told(name, act, placed);
              onClose();
            },
          },
        )
      }
      onClose={onClose}
      failure={write.error && { title: "Nothing was asked for", error: write.error.error }}
    >
      {preview.data !== undefined ? (
        <ul className="consequences">
          {consequences(row, act, preview.data).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : preview.error === null ? (
        <Skeleton lines={3} label="What it means is being read" />
      ) : (
        <ErrorBlock
          inline
          title="It can’t be done now"
          error={preview.error.error}
          onRetry={() => void preview.refetch()}
        />
      )}
      {removes ? (
        <TextField
          label={`Type ${name} to remove it`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
    </ConfirmDialog>
  );
}

/** What was written down, and who carries it out. */
export function told(name: string, act: ContainerAct, placed: IntentPlaced): void {
  showToast({
    title: `${name} ${ACTS[act].asked}`,
    description: placed.carried_out_here
      ? "This desk carries it out; how it goes stands on the container\u2019s page."
      : "It waits for the agent, or for the desk of an admin who holds the workspace key.",
  });
}

function consequences(row: ContainerRow, act: ContainerAct, preview: Preview): ReadonlyArray<string> {
  const host = row.host ?? "its host";
  if (act === "stop") {
    return [
      `It is asked to end on ${host}, and ended after ten seconds.`,
      row.organization === null
        ? "It belongs to nobody and is not billed."
        : `${row.organization} goes on paying for it: what is stopped is billed until it is removed.`,
    ];
  }
  if (act === "restart") return [`It ends on ${host}, and is started again. What it serves is away meanwhile.`];
  const hours = preview.final_hours;
  return [
    `It is removed from ${host}, with all that is in it and in no volume of a path. That can\u2019t be taken back.`,
    row.organization === null || hours === null
      ? "It belongs to nobody: nothing is charged."
      : `Final charge to ${row.organization}: ${formatExact(preview.final_amount, "USD")} for ${plural(hours, "hour")} that no run has charged, with the one that has begun.`,
    "Its hours end, and it stays in the books.",
  ];
}
