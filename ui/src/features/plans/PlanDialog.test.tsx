import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CreatePlanRequest, PriceFields } from "../../bindings/contract";
import { setTransport, type Transport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { type ReadyState, SessionProvider } from "../../ipc/session";
import { PlanDialog } from "./PlanDialog";

const state = {
  phase: "ready",
  permissions: [{ area: "plans", read: true, write: true, reason: null }],
} as unknown as ReadyState;

/** Answers as the program does: with a text that no calculation in the window could have come to. */
function open(price: (fields: PriceFields) => unknown, create: (request: CreatePlanRequest) => unknown) {
  const onClose = vi.fn();
  const transport: Transport = async (name, payload) => {
    if (name === "plans.price") return price(payload as PriceFields);
    if (name === "plans.create") return create(payload as CreatePlanRequest);
    return {};
  };
  setTransport(transport);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={state}>
        <PlanDialog plan={null} onClose={onClose} />
      </SessionProvider>
    </QueryClientProvider>,
  );
  return onClose;
}

/** The whole dialog is drawn again with each letter, on machines that have other things to do. */
vi.setConfig({ testTimeout: 20_000 });

const type = (label: string, value: string) =>
  fireEvent.change(screen.getByRole("textbox", { name: new RegExp(`^${label}`) }), { target: { value } });

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("a new plan", () => {
  it("shows the rate that the program came to, and sends what was typed as text", async () => {
    const create = vi.fn<(request: CreatePlanRequest) => unknown>(() => ({ id: 7 }));
    const onClose = open((fields) => {
      const rate = fields.base_cost === "" ? null : fields.hourly_rate === "" ? "0.7777" : fields.hourly_rate;
      return { rate, by_hand: fields.hourly_rate !== "", monthly_rate: null };
    }, create);
    type("Name", "Large");
    type("Cost per hour", "0.1080");
    expect(await screen.findByText("$0.7777")).toBeDefined();
    type("vCPU", "4");
    fireEvent.click(screen.getByRole("button", { name: /^Create plan/ }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(create.mock.calls[0]?.[0]).toMatchObject({
      fields: { kind: "vps", name: "Large", vcpus: 4, memory_mb: null },
      price: { base_cost: "0.1080", markup: "20", hourly_rate: "", monthly_rate: "" },
      without_rate: false,
    });
  });

  it("is made without a rate only under a warning, and says so to the program", async () => {
    const create = vi.fn<(request: CreatePlanRequest) => unknown>(() => ({ id: 7 }));
    open(() => ({ rate: null, by_hand: false, monthly_rate: null }), create);
    type("Name", "Bare");
    expect(await screen.findByText(/nothing can be assigned to it/)).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: /^Create plan/ }));
    await waitFor(() => expect(create).toHaveBeenCalled());
    expect(create.mock.calls[0]?.[0].without_rate).toBe(true);
  });

  it("puts the program's word on a price onto its field and sends nothing", async () => {
    const create = vi.fn<(request: CreatePlanRequest) => unknown>(() => ({ id: 7 }));
    open(() => {
      throw {
        code: "invalid_field",
        message: "Write the amount with digits and a point.",
        field: "base_cost",
        retry_after_ms: null,
        request_id: "r1",
      };
    }, create);
    type("Name", "Odd");
    type("Cost per hour", "1e3");
    const field = screen.getByRole("textbox", { name: /^Cost per hour/ });
    await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
    fireEvent.click(screen.getByRole("button", { name: /^Create plan/ }));
    expect(create).not.toHaveBeenCalled();
  });
});
