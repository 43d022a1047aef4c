import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TaskRow } from "../bindings/contract";
import { setTransport, type Transport } from "./call";
import { createQueryClient, useRead } from "./queries";
import { endedSince, useTaskEnds } from "./tasks";

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

describe("a task's end", () => {
  const asked: Array<string> = [];
  let tasks: Array<TaskRow> = [];
  const program: Transport = async (name) => {
    asked.push(name);
    return name === "tasks.list" ? { tasks } : {};
  };
  const readsOf = (name: string) => asked.filter((each) => each === name).length;

  function show(onEnd: (task: TaskRow) => void): QueryClient {
    setTransport(program);
    const client = createQueryClient();
    renderHook(
      () => {
        useRead("account.security", {});
        useRead("themes.active", {});
        useTaskEnds(onEnd);
      },
      { wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> },
    );
    return client;
  }

  afterEach(() => {
    cleanup();
    setTransport(null);
    asked.length = 0;
  });

  it.each([
    ["reads again what it has changed, and nothing else", "theme" as const, 1],
    ["reads everything again when it has changed where the program stands", "state" as const, 2],
  ])("%s", async (_, stale, reads) => {
    tasks = [{ ...task(1, "running"), stale: [stale] }];
    const onEnd = vi.fn();
    const client = show(onEnd);
    await waitFor(() => expect(client.isFetching()).toBe(0));
    tasks = [{ ...task(1, "done"), stale: [stale] }];
    await client.invalidateQueries({ queryKey: ["tasks.list"] });
    await waitFor(() => expect(onEnd).toHaveBeenCalledTimes(1));
    await waitFor(() => expect(client.isFetching()).toBe(0));
    expect(readsOf("themes.active")).toBe(2);
    expect(readsOf("account.security")).toBe(reads);
  });
});
