import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ApiError, StartViewRequest } from "../../bindings/contract";
import { setTransport, type Transport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { type ReadyState, SessionProvider, useWriteReason } from "../../ipc/session";
import { SeeAsDialog } from "./SeeAsDialog";

const state = (role: string) =>
  ({
    phase: "ready",
    session: { role },
    permissions: [{ area: "wallets", read: true, write: true, reason: null }],
  }) as unknown as ReadyState;

function open(start: (request: StartViewRequest) => unknown, role = "support") {
  const onStarted = vi.fn();
  const transport: Transport = async (name, payload) => {
    if (name === "customer_view.start") return start(payload as StartViewRequest);
    return { viewing: null };
  };
  setTransport(transport);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={state(role)}>
        <SeeAsDialog
          organization={{ id: 7, name: "Brightwater Labs" }}
          ticketNumber="T-000012"
          onClose={vi.fn()}
          onStarted={onStarted}
        />
      </SessionProvider>
    </QueryClientProvider>,
  );
  return onStarted;
}

const reason = () => screen.getByRole("textbox", { name: "Reason" });
const send = () => fireEvent.click(screen.getByRole("button", { name: /^See as customer/ }));

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("seeing as a customer", () => {
  it("asks why before anything is sent", async () => {
    const start = vi.fn();
    open(start);
    fireEvent.change(reason(), { target: { value: " a " } });
    send();
    expect(await screen.findByText("Say why, in a few words.")).toBeTruthy();
    expect(start).not.toHaveBeenCalled();
  });

  it("sends reason and ticket, and goes on when it is open", async () => {
    const start = vi.fn(() => ({ viewing: null }));
    const onStarted = open(start);
    fireEvent.change(reason(), { target: { value: " They ask " } });
    send();
    await waitFor(() => expect(onStarted).toHaveBeenCalledOnce());
    expect(start).toHaveBeenCalledWith({ organization_id: 7, reason: "They ask", ticket_number: "T-000012" });
  });

  it("tells at the number that the ticket is another's", async () => {
    const error: ApiError = {
      code: "view_ticket_unknown",
      message: "This organization has no ticket of that number.",
      field: null,
      retry_after_ms: null,
      request_id: "r1",
    };
    const onStarted = open(() => {
      throw error;
    });
    fireEvent.change(reason(), { target: { value: "They ask" } });
    send();
    expect(await screen.findByText(error.message)).toBeTruthy();
    expect(screen.getByRole("textbox", { name: /Ticket number/ }).getAttribute("aria-invalid")).toBe("true");
    expect(onStarted).not.toHaveBeenCalled();
  });

  it("is not for finance staff", () => {
    open(vi.fn(), "finance");
    expect(screen.getByRole("button", { name: /^See as customer/ }).getAttribute("aria-disabled")).toBe("true");
  });
});

function Probe() {
  return <p>{useWriteReason("wallets") ?? "may write"}</p>;
}

describe("while it lasts", () => {
  it("nothing can be changed anywhere, and the reason says so", async () => {
    setTransport(async () => ({ viewing: { organization_id: 7, organization: "Brightwater Labs" } }));
    render(
      <QueryClientProvider client={createQueryClient()}>
        <SessionProvider state={state("admin")}>
          <Probe />
        </SessionProvider>
      </QueryClientProvider>,
    );
    expect(await screen.findByText(/You see Brightwater Labs as its customer, read-only/)).toBeTruthy();
  });
});
