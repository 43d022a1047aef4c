import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { ApiError, ClosePreviewAnswer, TaskRow } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { CloseMonthDialog } from "./CloseMonthDialog";

const preview = {
  closed: false,
  billed: true,
  invoices: 2,
  already: 0,
  total: "10.00",
  already_total: "0.00",
  usage: "10.0000",
  late: "0.0000",
  currency: "USD",
  skipped: [],
} as unknown as ClosePreviewAnswer;

const refusal: ApiError = {
  code: "internal",
  message: "The program is busy.",
  field: null,
  retry_after_ms: null,
  request_id: "r1",
};

let state: TaskRow["state"];
let refuses: string | null;

async function begin(): Promise<void> {
  setTransport(async (name, payload) => {
    if (name === refuses) throw refusal;
    switch (name) {
      case "invoices.close_preview":
        return { ...preview, ...(payload as { period: string }) };
      case "invoices.close":
        return { task: 1 };
      case "tasks.list":
        return {
          tasks: [
            {
              id: 1,
              kind: "close",
              title: "Close",
              on_cancel: "What is issued stays.",
              done: 1,
              total: 2,
              elapsed_ms: 10,
              state,
              outcome: state === "cancelled" ? "1 of 2 invoices was issued." : null,
              failure: null,
              stale: [],
            } satisfies TaskRow,
          ],
        };
      default:
        return {};
    }
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <CloseMonthDialog onClose={() => undefined} />
    </QueryClientProvider>,
  );
  await screen.findByText("Invoices to issue");
  fireEvent.click(screen.getByRole("button", { name: /^Close \w+ \d{4}$/ }));
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("a month's close", () => {
  it("that was stopped looks neither done nor failed", async () => {
    [state, refuses] = ["cancelled", null];
    await begin();
    const told = await screen.findByText("1 of 2 invoices was issued.");
    expect(screen.getByRole("dialog", { name: /: stopped$/ })).toBeDefined();
    expect(told.parentElement?.querySelector("svg")?.classList.contains("fg-neutral")).toBe(true);
  });

  it("that could not be stopped says so", async () => {
    [state, refuses] = ["running", "tasks.cancel"];
    await begin();
    fireEvent.click(await screen.findByRole("button", { name: "Stop" }));
    expect(await screen.findByRole("heading", { name: "It was not stopped" })).toBeDefined();
  });

  it("of which nothing can be read says so, and goes on", async () => {
    [state, refuses] = ["running", "tasks.list"];
    await begin();
    expect(await screen.findByRole("heading", { name: "How far it is could not be read" })).toBeDefined();
    expect(screen.getByRole("button", { name: "Go on in the background" })).toBeDefined();
  });
});
