import type { ApiError, ErrorCode } from "../bindings/contract";

/** A command that was answered with an error. `error.message` is a sentence for a person. */
export class CallError extends Error {
  readonly error: ApiError;

  constructor(error: ApiError) {
    super(error.message);
    this.name = "CallError";
    this.error = error;
  }

  get code(): ErrorCode {
    return this.error.code;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isApiError(value: unknown): value is ApiError {
  return isRecord(value) && typeof value.code === "string" && typeof value.message === "string";
}

/** Whatever a transport rejected with, as the one error type that the pages know. */
export function toCallError(reason: unknown): CallError {
  if (reason instanceof CallError) return reason;
  if (isApiError(reason)) {
    return new CallError({
      code: reason.code,
      message: reason.message,
      field: reason.field ?? null,
      retry_after_ms: reason.retry_after_ms ?? null,
      request_id: reason.request_id ?? "",
    });
  }
  return new CallError({
    code: "internal",
    message:
      "The program did not answer as expected. Nothing is known to have been changed; look before you try again.",
    field: null,
    retry_after_ms: null,
    request_id: "",
  });
}

/** For react-query and forms, whose errors are `unknown` by type. */
export function asCallError(error: unknown): CallError | null {
  return error instanceof CallError ? error : null;
}
