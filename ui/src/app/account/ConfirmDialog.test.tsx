import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { CommandName } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { callConfirmed } from "../../ipc/confirmation";
import { createQueryClient } from "../../ipc/queries";
import { ConfirmDialog } from "./ConfirmDialog";

const error = (code: string, message: string, field: string | null) => ({
  code,
  message,
  field,
  retry_after_ms: null,
  request_id: "r1",
});

/** A program that wants the password "right" before it resets anything. */
function program(): Array<CommandName> {
  const sent: Array<CommandName> = [];
  let confirmed = false;
  setTransport(async (name, payload) => {
    sent.push(name);
    if (name === "account.confirm") {
      if ((payload as { password: string }).password !== "right")
        throw error("wrong_password", "This is not your password.", "password");
      confirmed = true;
      return {};
    }
    if (!confirmed) throw error("confirmation_needed", "This needs your password again.", null);
    return { code: "ABCD", expires_at: "2026-11-22T20:34:00Z" };
  });
  return sent;
}

function host(): void {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ConfirmDialog />
    </QueryClientProvider>,
  );
}

async function give(password: string): Promise<void> {
  fireEvent.change(await screen.findByLabelText("Your password"), { target: { value: password } });
  fireEvent.click(screen.getByRole("button", { name: /^Go on/ }));
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("dangerous work", () => {
  it("waits for the password and is sent again", async () => {
    const sent = program();
    host();
    const answer = callConfirmed("users.reset_password", { id: 7 });
    await give("wrong");
    expect(await screen.findByText("This is not your password.")).toBeDefined();
    await give("right");
    expect((await answer).code).toBe("ABCD");
    expect(sent).toEqual(["users.reset_password", "account.confirm", "account.confirm", "users.reset_password"]);
    await waitFor(() => expect(screen.queryByLabelText("Your password")).toBeNull());
  });

  it("is not done by somebody who gives none", async () => {
    const sent = program();
    host();
    const answer = callConfirmed("users.reset_password", { id: 7 });
    await screen.findByLabelText("Your password");
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await expect(answer).rejects.toMatchObject({ code: "confirmation_needed" });
    expect(sent).toEqual(["users.reset_password"]);
  });

  it("asks once for everything that waits", async () => {
    program();
    host();
    const both = Promise.all([
      callConfirmed("users.reset_password", { id: 7 }),
      callConfirmed("users.reset_password", { id: 8 }),
    ]);
    expect(await screen.findAllByLabelText("Your password")).toHaveLength(1);
    await give("right");
    expect(await both).toHaveLength(2);
  });

  it("is refused where nobody can be asked", async () => {
    program();
    await expect(callConfirmed("users.reset_password", { id: 7 })).rejects.toMatchObject({
      code: "confirmation_needed",
    });
  });
});
