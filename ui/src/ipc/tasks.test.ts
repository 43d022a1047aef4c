import { describe, expect, it } from "vitest";
import type { TaskRow } from "../bindings/contract";
import { endedSince } from "./tasks";

function task(id: number, state: TaskRow["state"]): TaskRow {
  return {
    id,
    kind: "billing",
    title: "Billing run",
    on_cancel: "",
    done: 0,
    total: 0,
    elapsed_ms: 0,
    state,
    outcome: null,
    failure: null,
    stale: [],
  };
}

const ids = (tasks: ReadonlyArray<TaskRow>) => tasks.map(({ id }) => id);

describe("which tasks have ended", () => {
  it("is no news at the first look", () => {
    expect(endedSince(null, [task(1, "done")])).toEqual([]);
  });

  it("is those that were at work, and those that came and went between two looks", () => {
    const before = [task(3, "running"), task(2, "stopping"), task(1, "done")];
    const now = [task(4, "failed"), task(3, "running"), task(2, "cancelled"), task(1, "done")];
    expect(ids(endedSince(before, now))).toEqual([4, 2]);
    expect(ids(endedSince(now, now))).toEqual([]);
  });
});
