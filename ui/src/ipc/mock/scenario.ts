import type { ApiError, CommandName, Commands, ErrorCode } from "../../bindings/contract";

/** What `?mock=NAME` shows. */
export type Scenario = "ready" | "first-run" | "sign-in" | "disconnected" | "lost" | "empty" | "support" | "red";

export class MockError extends Error {
  constructor(readonly error: ApiError) {
    super(error.message);
  }
}

export function fail(
  code: ErrorCode,
  message: string,
  field: string | null = null,
  retryAfterMs: number | null = null,
): never {
  throw new MockError({ code, message, field, retry_after_ms: retryAfterMs, request_id: "0192f3c1-7b1e" });
}

export type Handlers = { [N in CommandName]?: (request: Commands[N]["request"]) => Commands[N]["answer"] };
