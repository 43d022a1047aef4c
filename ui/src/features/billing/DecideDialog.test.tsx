import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { ApiError, ParkedRow, ResolveParkedRequest } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { type ReadyState, SessionProvider } from "../../ipc/session";
import { DecideDialog } from "./DecideDialog";

// What stands in for the program answers in the contract's words; its amounts and times are branded there.
const row = {
  id: 7,
  kind: "vps",
  resource_id: 12,
  label: "edge-03",
  organization_id: 3,
  organization: "Kestrel Freight",
  reason: "gone",
  parked_from: "2026-11-21T12:00:00Z",
  hours: 31,
  plan_id: 4,
  plan: "Shared 2 GB",
  hourly_rate: "0.0216",
  currency: "USD",
  worth: "0.67",
} as ParkedRow;

function open(answer: (request: ResolveParkedRequest) => unknown, may = true) {
  const onClose = vi.fn();
  const refusal = may ? null : "Support staff can’t bill.";
  setTransport(async (name, payload) => {
    if (name === "billing.resolve_parked") return answer(payload as ResolveParkedRequest);
    return { actions: [{ name: "decide", allowed: may, reason: refusal }] };
  });
  const state = {
    phase: "ready",
    permissions: [{ area: "transactions", read: true, write: may, reason: refusal }],
  } as unknown as ReadyState;
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={state}>
        <DecideDialog row={row} onClose={onClose} />
      </SessionProvider>
    </QueryClientProvider>,
  );
  return onClose;
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

it("says what each decision means, and takes none until one is chosen", async () => {
  const resolve = vi.fn<(request: ResolveParkedRequest) => unknown>(() => ({}));
  const onClose = open(resolve);
  expect(screen.getByText(/charges the 31 hours that wait, about \$0\.67 before a monthly cap/)).toBeDefined();
  expect(screen.getByText(/The 31 hours that wait are never charged/)).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: /^Decide/ }));
  expect(await screen.findByText("Choose from when it is charged.")).toBeDefined();
  expect(resolve).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("radio", { name: /^From now/ }));
  fireEvent.click(screen.getByRole("button", { name: /^Charge from now/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  expect(resolve.mock.calls).toEqual([[{ id: 7, decision: "from_now" }]]);
});

it("stays with the program's sentence when a colleague was faster", async () => {
  const error: ApiError = {
    code: "parked_not_decidable",
    message: "This resource doesn't wait any more. Nothing was changed.",
    field: null,
    retry_after_ms: null,
    request_id: "r1",
  };
  const onClose = open(() => {
    throw error;
  });
  fireEvent.click(screen.getByRole("radio", { name: /^From where it was parked/ }));
  fireEvent.click(screen.getByRole("button", { name: /^Charge from the start/ }));
  expect(await screen.findByText(error.message)).toBeDefined();
  expect(onClose).not.toHaveBeenCalled();
});

it("says why somebody may not decide", () => {
  open(() => ({}), false);
  const button = screen.getByRole("button", { name: /^Decide/ });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
    "Support staff can’t bill.",
  );
});
