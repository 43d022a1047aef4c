import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { TaskRow } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { TaskTray } from "./TaskTray";

function task(patch: Partial<TaskRow>): TaskRow {
  return {
    id: 1,
    kind: "billing",
    title: "Billing run",
    on_cancel: "Stops after the current charge; what was charged stays charged.",
    done: 1_902,
    total: 2_140,
    elapsed_ms: 98_000,
    state: "running",
    outcome: null,
    failure: null,
    stale: [],
    ...patch,
  };
}

/** A program with these tasks; what was asked of it. */
function open(tasks: Array<TaskRow>) {
  const asked = vi.fn<(name: string, payload: unknown) => void>();
  setTransport(async (name, payload) => {
    if (name !== "tasks.list") asked(name, payload);
    if (name === "tasks.cancel") for (const each of tasks) each.state = "stopping";
    return { tasks: structuredClone(tasks) };
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <TaskTray />
    </QueryClientProvider>,
  );
  return asked;
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

it("says how far a task is and what cancelling it means, and cancels it", async () => {
  const asked = open([task({})]);
  expect(await screen.findByText("1,902 / 2,140")).toBeDefined();
  expect(screen.getByText("1 m 38 s")).toBeDefined();
  expect(screen.getByText(/what was charged stays charged/)).toBeDefined();
  expect(screen.getByRole("progressbar").getAttribute("value")).toBe("1902");
  expect(screen.queryByRole("button", { name: /^Clear/ })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Cancel Billing run" }));
  expect(await screen.findByText("Stopping after the current step…")).toBeDefined();
  expect(asked).toHaveBeenCalledWith("tasks.cancel", { id: 1 });
});

it("keeps what failed, with what to quote, until it is cleared", async () => {
  const asked = open([
    task({
      state: "failed",
      outcome: "Another billing run is under way. Nothing was charged; wait until it has ended.",
      failure: { code: "billing_run_under_way", request_id: "0192f3c1" },
    }),
  ]);
  expect(await screen.findByText(/Nothing was charged; wait until it has ended/)).toBeDefined();
  expect(screen.getByText("billing_run_under_way")).toBeDefined();
  expect(screen.getByText("0192f3c1")).toBeDefined();
  expect(screen.getByRole("button", { name: "Copy details" })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Clear what has ended" }));
  await waitFor(() => expect(asked).toHaveBeenCalledWith("tasks.clear", {}));
});
