import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CreateUserRequest } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { type ReadyState, SessionProvider } from "../../ipc/session";
import { NewUserDialog } from "./NewUserDialog";

const state = {
  phase: "ready",
  permissions: [{ area: "users", read: true, write: true, reason: null }],
} as unknown as ReadyState;

function open(create: (request: CreateUserRequest) => unknown): void {
  setTransport(async (name, payload) => {
    if (name === "users.create") return create(payload as CreateUserRequest);
    return { rows: [], next: null, total: 0, total_is_exact: true, as_of: "2026-11-22T19:34:00Z" };
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={state}>
        <NewUserDialog onClose={() => undefined} />
      </SessionProvider>
    </QueryClientProvider>,
  );
}

async function choose(role: string): Promise<void> {
  fireEvent.click(screen.getByRole("combobox", { name: "Role" }));
  const option = await screen.findByRole("option", { name: role });
  fireEvent.pointerDown(option);
  fireEvent.click(option);
  await waitFor(() => expect(screen.queryByRole("combobox", { name: "Organization" })).toBeNull());
}

const send = () => fireEvent.click(screen.getByRole("button", { name: /^Create user/ }));

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("a new user", () => {
  it("who is a customer needs an organization", async () => {
    const create = vi.fn();
    open(create);
    fireEvent.change(screen.getByRole("textbox", { name: "E-mail" }), { target: { value: "ana@example.com" } });
    fireEvent.click(screen.getByRole("button", { name: "Generate" }));
    send();
    expect(await screen.findByText("A customer belongs to an organization: choose which.")).toBeDefined();
    expect(create).not.toHaveBeenCalled();
  });

  it("gets a generated password that is shown once", async () => {
    const create = vi.fn<(request: CreateUserRequest) => unknown>(() => ({ id: 9 }));
    open(create);
    fireEvent.change(screen.getByRole("textbox", { name: "E-mail" }), { target: { value: " ana@example.com " } });
    await choose("Finance");
    fireEvent.click(screen.getByRole("button", { name: "Generate" }));
    send();
    const shown = await screen.findByRole("status", { name: "First password" });
    const sent = create.mock.calls[0]?.[0];
    expect(sent).toMatchObject({ email: "ana@example.com", role: "finance", organization_id: null });
    expect(shown.textContent).toBe(sent?.password);
    expect(screen.getByText(/It is not shown again/)).toBeDefined();
  });

  it("whose address exists already is told at the address", async () => {
    open(() => {
      const message = "Another user has this address.";
      throw { code: "duplicate_address", message, field: "email", retry_after_ms: null, request_id: "r1" };
    });
    fireEvent.change(screen.getByRole("textbox", { name: "E-mail" }), { target: { value: "ana@example.com" } });
    await choose("Admin");
    fireEvent.click(screen.getByRole("button", { name: "Generate" }));
    send();
    const field = screen.getByRole("textbox", { name: "E-mail" });
    await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
    expect(screen.getByText("Another user has this address.")).toBeDefined();
  });
});
