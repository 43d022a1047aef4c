import { useState } from "react";
import type { ApiError, BillingOverview } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { isLive, useTasks } from "../../ipc/tasks";
import { reasonAgainst } from "../../lib/actions";
import { stepsText } from "../../lib/taskText";

export type BillingRun = {
  overview: BillingOverview | undefined;
  /** Why a run can't be started now. */
  reason: string | null;
  pending: boolean;
  start: () => void;
  /** Why the last one that was started here failed, until another is started or it is put away. */
  failure: ApiError | null;
  putAway: () => void;
};

/** Starting a run from the window, and what stands against it. */
export function useRunBilling(): BillingRun {
  const overview = useRead("billing.overview", {}).data;
  const run = useWrite("billing.run");
  const tasks = useTasks();
  const line = useWriteReason("transactions");
  const [away, setAway] = useState<number | null>(null);
  const newest = tasks.find((task) => task.kind === "billing");
  const live = newest !== undefined && isLive(newest) ? newest : null;
  const steps = live === null ? null : stepsText(live.done, live.total);
  const underWay = live === null ? null : `Billing is under way${steps === null ? "." : `: ${steps} organizations.`}`;
  const failed = newest?.failure !== undefined && newest.failure !== null && newest.id !== away ? newest : null;
  const failure: ApiError | null =
    run.error?.error ??
    (failed?.failure == null
      ? null
      : {
          // The task's code is the contract's word, carried as text.
          code: failed.failure.code as ApiError["code"],
          message: failed.outcome ?? "",
          field: null,
          retry_after_ms: null,
          request_id: failed.failure.request_id,
        });
  return {
    overview,
    reason: line ?? underWay ?? (overview === undefined ? null : reasonAgainst(overview.actions, "run")),
    pending: run.isPending,
    start: () => run.mutate({}),
    failure,
    putAway: () => {
      run.reset();
      if (newest !== undefined) setAway(newest.id);
    },
  };
}

/** Why what is parked can't be decided now. */
export function useDecideReason(): string | null {
  const line = useWriteReason("transactions");
  const overview = useRead("billing.overview", {}).data;
  return line ?? (overview === undefined ? null : reasonAgainst(overview.actions, "decide"));
}
