import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { TaskRow } from "../../bindings/contract";
import { refreshAfter, useRead } from "../../ipc/queries";
import { showToast } from "../../ui/Toast";

const POLL_MS = 500;

function isLive(task: TaskRow): boolean {
  return task.state === "running" || task.state === "stopping";
}

/** The sync that this desk is at, if any. When it ends, what it has written is read again. */
export function useSyncTask(): TaskRow | null {
  const client = useQueryClient();
  const read = useRead("tasks.list", {}, { refetchMs: POLL_MS });
  const live = read.data?.tasks.find((task) => task.kind === "sync" && isLive(task)) ?? null;
  const watched = useRef<number | null>(null);
  const tasks = read.data?.tasks;
  // Meets the world outside: the task ends there, and only a poll tells.
  useEffect(() => {
    if (live !== null) {
      watched.current = live.id;
      return;
    }
    if (watched.current === null || tasks === undefined) return;
    const ended = tasks.find((task) => task.id === watched.current);
    watched.current = null;
    void refreshAfter(client, "providers.rename");
    if (ended?.state === "done" || ended?.state === "cancelled") {
      showToast({ title: ended.title, ...(ended.outcome === null ? {} : { description: ended.outcome }) });
    }
  }, [client, live, tasks]);
  return live;
}
