import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { TaskList, TaskRow } from "../bindings/contract";
import { useRead } from "./queries";
import { tagsOfKey } from "./tags";

const LIVE_MS = 500;

export function isLive(task: Pick<TaskRow, "state">): boolean {
  return task.state === "running" || task.state === "stopping";
}

const NONE: ReadonlyArray<TaskRow> = [];

/** The long work of this desk, newest first. Asked often while something is under way, and not at all otherwise. */
export function useTasks(): ReadonlyArray<TaskRow> {
  const read = useRead("tasks.list", {}, { refetchMs: (answer) => (answer?.tasks.some(isLive) ? LIVE_MS : null) });
  return read.data?.tasks ?? NONE;
}

/** Which tasks have ended between two looks at them. What had ended before the first look is no news. */
export function endedSince(before: ReadonlyArray<TaskRow> | null, now: ReadonlyArray<TaskRow>): Array<TaskRow> {
  if (before === null) return [];
  const known = new Map(before.map((task) => [task.id, task]));
  return now.filter((task) => {
    const was = known.get(task.id);
    return !isLive(task) && (was === undefined || isLive(was));
  });
}

/** Reads again what a task has changed when it ends, then calls `onEnd`. Once in the program. */
export function useTaskEnds(onEnd: (task: TaskRow) => void): void {
  const client = useQueryClient();
  const read = useRead("tasks.list", {});
  const before = useRef<TaskList["tasks"] | null>(null);
  const tell = useRef(onEnd);
  useEffect(() => {
    tell.current = onEnd;
  });
  useEffect(() => {
    if (read.data === undefined) return;
    const ended = endedSince(before.current, read.data.tasks);
    before.current = read.data.tasks;
    for (const task of ended) {
      // Where the program stands has changed with everything that it tells: invented rows, for one, are everywhere.
      void client.invalidateQueries(
        task.stale.includes("state")
          ? {}
          : { predicate: (query) => tagsOfKey(query.queryKey).some((tag) => task.stale.includes(tag)) },
      );
      tell.current(task);
    }
  }, [client, read.data]);
}
