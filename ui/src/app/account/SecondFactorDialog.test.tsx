import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Security } from "../../bindings/contract";
import { setTransport } from "../../ipc/call";
import { createQueryClient } from "../../ipc/queries";
import { SecondFactorDialog } from "./SecondFactorDialog";

const CODES = ["AAAA-BBBB", "CCCC-DDDD"];

function open(security: Security): void {
  setTransport(async (name, payload) => {
    switch (name) {
      case "account.security":
        return security;
      case "account.begin_factor":
        return { secret: "JBSW-Y3DP", uri: "otpauth://totp/x", qr_size: 21, qr_path: "M0 0h7v1h-7z" };
      case "account.finish_factor":
        if ((payload as { code: string }).code !== "123456")
          throw {
            code: "wrong_code",
            message: "The code is wrong.",
            field: "code",
            retry_after_ms: null,
            request_id: "",
          };
        return { codes: CODES };
      default:
        throw new Error(name);
    }
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SecondFactorDialog onClose={() => undefined} />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  cleanup();
  setTransport(null);
});

describe("the second factor", () => {
  it("is on after its first code, and shows the recovery codes once", async () => {
    open({ second_factor_since: null, recovery_codes_left: 0, second_factor_required: false });
    await screen.findByText(/whoever learns your password/);
    fireEvent.click(screen.getByRole("button", { name: "Set up" }));
    expect(await screen.findByRole("img", { name: "QR code for an authenticator program" })).toBeDefined();
    expect(screen.getByRole("status", { name: "Key" }).textContent).toBe("JBSW-Y3DP");
    const field = screen.getByLabelText("Code that the program shows");
    fireEvent.change(field, { target: { value: "000000" } });
    fireEvent.click(screen.getByRole("button", { name: /^Turn on/ }));
    expect(await screen.findByText("The code is wrong.")).toBeDefined();
    fireEvent.change(field, { target: { value: "123456" } });
    fireEvent.click(screen.getByRole("button", { name: /^Turn on/ }));
    const codes = await screen.findByRole("status", { name: "Recovery codes" });
    expect(codes.textContent).toBe(CODES.join("\n"));
  });

  it("that the role needs can't be disabled, and few codes are pointed out", async () => {
    open({
      second_factor_since: "2026-11-01T08:00:00Z" as never,
      recovery_codes_left: 1,
      second_factor_required: true,
    });
    expect(await screen.findByText(/Make new recovery codes before the last one/)).toBeDefined();
    const disable = screen.getByRole("button", { name: /^Disable/ });
    expect(disable.getAttribute("aria-disabled")).toBe("true");
  });
});
