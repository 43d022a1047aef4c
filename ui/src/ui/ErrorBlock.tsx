import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import type { ApiError } from "../bindings/contract";
import { cx } from "../lib/cx";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";

type ErrorBlockProps = {
  /** What was attempted, as a heading: "Tickets could not be read". */
  title: string;
  error: ApiError;
  onRetry?: (() => void) | undefined;
  retrying?: boolean;
  /** What was not done, where the sentence does not say it. */
  notDone?: ReactNode;
  /** Other ways on, beside Retry. */
  actions?: ReactNode;
  /** Inside a form or a pane rather than in the middle of a page. */
  inline?: boolean;
};

/** A failure that a person must read: what happened, what was not done, how to go on, and what to quote. */
export function ErrorBlock(props: ErrorBlockProps) {
  const { title, error, onRetry, retrying = false, notDone, actions, inline = false } = props;
  const details = [title, error.message, `Code: ${error.code}`, `Request: ${error.request_id || "none"}`].join("\n");
  return (
    <div className={cx("error-block", inline && "error-block-inline")} role="alert">
      <CircleAlert aria-hidden className="fg-danger" />
      <div className="grow">
        <h2 className="bold">{title}</h2>
        <p className="error-text selectable">{error.message}</p>
        {notDone !== undefined && <p className="error-text muted">{notDone}</p>}
        <div className="error-actions">
          {onRetry !== undefined && (
            <Button size="sm" icon={RotateCw} pending={retrying} onClick={onRetry}>
              Try again
            </Button>
          )}
          {actions}
          <CopyButton text={details} label="Copy details" />
        </div>
        <p className="tiny muted selectable">
          Code <span className="mono">{error.code}</span>
          {error.request_id !== "" && (
            <>
              , request <span className="mono">{error.request_id}</span>
            </>
          )}
        </p>
      </div>
    </div>
  );
}
