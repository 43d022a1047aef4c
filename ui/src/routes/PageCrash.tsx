import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { asCallError } from "../ipc/error";
import { ErrorBlock } from "../ui/ErrorBlock";

/** A page that could not be drawn: the shell and the other pages stay usable. */
export function PageCrash({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ErrorBlock
      title="This page could not be shown"
      error={
        asCallError(error)?.error ?? {
          code: "internal",
          message: "The page met something that it does not understand. Nothing was changed.",
          field: null,
          retry_after_ms: null,
          request_id: error instanceof Error ? error.message.slice(0, 200) : "",
        }
      }
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
