import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { AppState, CommandName, SignInStep } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { SignIn } from "./SignIn";

type State = Extract<AppState, { phase: "sign_in" }>;

function open(step: SignInStep | null, answer: (name: CommandName, payload: unknown) => unknown): void {
  setTransport(async (name, payload) => answer(name, payload));
  const state: State = {
    phase: "sign_in",
    profile: {
      id: "p1",
      name: "Halyard",
      environment: "production",
      kind: "server",
      host: "db.halyard.example",
      database: "books",
      tls: "verify_full",
    },
    profiles: [],
    last_email: "maya@halyard.example",
    keychain: "available",
    step,
  };
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SignIn state={state} />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("signing in, step by step", () => {
  it("takes a code, says when it is wrong, and takes a recovery code", async () => {
    const given: Array<unknown> = [];
    open("second_factor", (name, payload) => {
      given.push([name, payload]);
      throw { code: "wrong_code", message: "The code is wrong.", field: "code", retry_after_ms: null, request_id: "" };
    });
    fireEvent.change(screen.getByLabelText("Code"), { target: { value: "000000" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("The code is wrong.")).toBeDefined();
    expect((screen.getByLabelText("Code") as HTMLInputElement).value).toBe("");
    fireEvent.click(screen.getByRole("button", { name: /recovery code/ }));
    fireEvent.change(screen.getByLabelText("Recovery code"), { target: { value: "abcd-efgh" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(given).toHaveLength(2));
    expect(given[1]).toEqual(["sign_in.give_code", { code: "abcd-efgh" }]);
  });

  it("says how long to wait after too many codes", async () => {
    open("second_factor", () => {
      throw {
        code: "throttled",
        message: "Too many attempts failed.",
        field: null,
        retry_after_ms: 9_000,
        request_id: "",
      };
    });
    fireEvent.change(screen.getByLabelText("Code"), { target: { value: "000000" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("Too many attempts failed.")).toBeDefined();
    expect(screen.getByRole("button", { name: /^Wait/ }).getAttribute("aria-disabled")).toBe("true");
  });

  it("shows the secret and the recovery codes before it goes on", async () => {
    const sent: Array<CommandName> = [];
    open("second_factor_setup", (name) => {
      sent.push(name);
      if (name === "sign_in.begin_factor")
        return { secret: "JBSW-Y3DP", uri: "x", qr_size: 21, qr_path: "M0 0h1v1h-1z" };
      if (name === "sign_in.finish_factor") return { codes: ["AAAA-BBBB"] };
      return {};
    });
    fireEvent.click(screen.getByRole("button", { name: "Begin" }));
    expect((await screen.findByRole("status", { name: "Key" })).textContent).toBe("JBSW-Y3DP");
    fireEvent.change(screen.getByLabelText("Code that the program shows"), { target: { value: "123456" } });
    fireEvent.click(screen.getByRole("button", { name: "Turn on" }));
    expect((await screen.findByRole("status", { name: "Recovery codes" })).textContent).toBe("AAAA-BBBB");
    expect(sent).not.toContain("sign_in.go_on");
    fireEvent.click(screen.getByRole("button", { name: /^I have kept them/ }));
    await waitFor(() => expect(sent).toContain("sign_in.go_on"));
  });

  it("takes a new password of the right length only", async () => {
    const sent: Array<unknown> = [];
    open("new_password", (_, payload) => {
      sent.push(payload);
      return {};
    });
    const field = screen.getByLabelText("New password");
    fireEvent.change(field, { target: { value: "short" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("Choose a password of at least 12 characters.")).toBeDefined();
    expect(sent).toEqual([]);
    fireEvent.change(field, { target: { value: "another harbour" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(sent).toEqual([{ password: "another harbour" }]));
  });

  it("lets somebody with a reset code choose a new password and come back", async () => {
    const sent: Array<unknown> = [];
    open(null, (name, payload) => {
      sent.push([name, payload]);
      return {};
    });
    fireEvent.click(screen.getByRole("button", { name: "I have a reset code" }));
    fireEvent.change(screen.getByLabelText("Reset code"), { target: { value: "ABCD-EFGH" } });
    fireEvent.change(screen.getByLabelText("New password"), { target: { value: "another harbour" } });
    fireEvent.click(screen.getByRole("button", { name: "Change password" }));
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeDefined();
    expect(sent).toEqual([
      ["sign_in.redeem_reset", { email: "maya@halyard.example", code: "ABCD-EFGH", password: "another harbour" }],
    ]);
  });
});
