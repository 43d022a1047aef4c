import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ApiError, DepositAnswer, DepositRequest } from "../../bindings/contract";
import { setTransport, type Transport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { type ReadyState, SessionProvider } from "../../ipc/session";
import { DepositDialog } from "./DepositDialog";

// What stands in for the program answers in the contract's words; its amounts and times are branded there.
const answer = {
  transaction: {
    id: 91201,
    organization_id: 7,
    organization: "Brightwater Labs",
    amount: "1234567.80",
    currency: "USD",
    type: "deposit",
    status: "completed",
    payment_method: "Bank transfer",
    payment_id: null,
    reason: "Top-up",
    created_by: "Maya Okafor",
    created_at: "2026-11-22T19:34:00Z",
  },
  balance: "1235180.20",
  repeated: false,
  collected: "0.00",
  still_due: "0.00",
} as DepositAnswer;

const state = {
  phase: "ready",
  permissions: [{ area: "transactions", read: true, write: true, reason: null }],
} as unknown as ReadyState;

function failure(code: ApiError["code"], message: string, field: string | null = null): ApiError {
  return { code, message, field, retry_after_ms: null, request_id: "r1" };
}

function open(post: (request: DepositRequest) => unknown, session = state) {
  const onClose = vi.fn();
  const transport: Transport = async (name, payload) => {
    if (name === "transactions.deposit") return post(payload as DepositRequest);
    return { rows: [], next: null, total: 0, total_is_exact: true, as_of: "2026-11-22T19:34:00Z" };
  };
  setTransport(transport);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={session}>
        <DepositDialog
          organization={{ id: 7, label: "Brightwater Labs", hint: "ID 7", currency: "USD" }}
          onClose={onClose}
        />
      </SessionProvider>
    </QueryClientProvider>,
  );
  return onClose;
}

function fill(amount: string): void {
  fireEvent.change(screen.getByRole("textbox", { name: "Amount" }), { target: { value: amount } });
  fireEvent.change(screen.getByRole("textbox", { name: "Payment method" }), { target: { value: "Bank transfer" } });
  fireEvent.change(screen.getByRole("textbox", { name: "Reason" }), { target: { value: " Top-up " } });
}

const send = () => fireEvent.click(screen.getByRole("button", { name: /^Post deposit/ }));

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("posting a deposit", () => {
  it("sends the amount as text and shows the new balance", async () => {
    const post = vi.fn<(request: DepositRequest) => unknown>(() => answer);
    open(post);
    fill("1,234,567.8");
    send();
    expect(await screen.findByText("$1,235,180.20")).toBeDefined();
    expect(post.mock.calls[0]?.[0]).toMatchObject({
      organization_id: 7,
      amount: "1234567.80",
      payment_method: "Bank transfer",
      payment_id: null,
      reason: "Top-up",
    });
  });

  it("sends nothing that can't be right, and says what is wrong at its field", async () => {
    const post = vi.fn<(request: DepositRequest) => unknown>(() => answer);
    open(post);
    fill("1,50");
    send();
    const field = screen.getByRole("textbox", { name: "Amount" });
    await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
    expect(screen.getByText(/with a point and at most two decimals/)).toBeDefined();
    expect(post).not.toHaveBeenCalled();
  });

  it("keeps its key until there is an answer, so that sending again pays in once", async () => {
    let tries = 0;
    const post = vi.fn<(request: DepositRequest) => unknown>(() => {
      tries += 1;
      if (tries === 1) throw failure("timeout", "No answer came in time. It is not known whether it was posted.");
      return { ...answer, repeated: true };
    });
    open(post);
    fill("250");
    send();
    expect(await screen.findByText(/It is not known whether/)).toBeDefined();
    const button = screen.getByRole("button", { name: /^Post deposit/ });
    await waitFor(() => expect(button.getAttribute("aria-busy")).toBeNull());
    send();
    expect(await screen.findByText(/nothing was added again/)).toBeDefined();
    const keys = post.mock.calls.map(([request]) => request.key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("puts the program's word on a field onto that field", async () => {
    open(() => {
      throw failure("wallet_overflow", "The wallet can hold at most 99,999,999.99.", "amount");
    });
    fill("99999999.99");
    send();
    const field = screen.getByRole("textbox", { name: "Amount" });
    await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
    const told = field.getAttribute("aria-describedby")?.split(" ")[0] ?? "";
    expect(document.getElementById(told)?.textContent).toBe("The wallet can hold at most 99,999,999.99.");
    expect(screen.queryByText("The deposit was not posted")).toBeNull();
  });

  it("asks before what was typed is lost", async () => {
    const onClose = open(() => answer);
    fill("250");
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(onClose).not.toHaveBeenCalled();
    expect(screen.getByText("What you typed is not saved.")).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Keep editing" }));
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Amount" }).value).toBe("250");
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    fireEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("says why it can't be sent by somebody who may not", async () => {
    const post = vi.fn<(request: DepositRequest) => unknown>(() => answer);
    const reason = "Support may not move money.";
    open(post, {
      ...state,
      permissions: [{ area: "transactions", read: true, write: false, reason }],
    });
    fill("250");
    const button = screen.getByRole("button", { name: /^Post deposit/ });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    const described = button.getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(described)?.textContent).toBe(reason);
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Amount" }), { key: "s", ctrlKey: true });
    expect(post).not.toHaveBeenCalled();
  });
});
