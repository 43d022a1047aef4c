import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { UserRow } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { ResetPasswordDialog } from "./ResetPasswordDialog";

const user = { id: 7, email: "tomas@halyard.example", role: "support" } as UserRow;

function open(reset: () => unknown): void {
  setTransport(async (name) => {
    if (name === "users.reset_password") return reset();
    throw new Error(name);
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ResetPasswordDialog user={user} onClose={() => undefined} />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("a reset code", () => {
  it("is made only when asked for, and shown once", async () => {
    const reset = vi.fn(() => ({ code: "ABCD-EFGH", expires_at: "2026-11-22T20:34:00Z" }));
    open(reset);
    expect(reset).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Make a code" }));
    const shown = await screen.findByRole("status", { name: "Reset code" });
    expect(shown.textContent).toBe("ABCD-EFGH");
    expect(screen.getByText(/once, until 20:34 UTC/)).toBeDefined();
    expect(reset).toHaveBeenCalledTimes(1);
  });

  it("that is refused says so, and can be asked for again", async () => {
    open(() => {
      const message = "Only admins can reset passwords. Nothing was changed.";
      throw { code: "forbidden", message, field: null, retry_after_ms: null, request_id: "r1" };
    });
    fireEvent.click(screen.getByRole("button", { name: "Make a code" }));
    expect(await screen.findByText("No code was made")).toBeDefined();
    await waitFor(() => expect(screen.getByRole("button", { name: "Make a code" })).toBeDefined());
  });
});
