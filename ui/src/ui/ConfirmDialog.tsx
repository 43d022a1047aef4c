import { type ReactNode, useRef } from "react";
import type { ApiError } from "../bindings/contract";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorBlock } from "./ErrorBlock";

type ConfirmDialogProps = {
  readonly title: string;
  readonly description?: ReactNode;
  /** The verb and its object: "Revoke key". */
  readonly action: string;
  /** `primary` where it gives rather than takes. */
  readonly variant?: "danger" | "primary";
  readonly pending: boolean;
  readonly disabledReason?: string | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What came back: why nothing was done. */
  readonly failure: { title: string; error: ApiError } | null;
  readonly children?: ReactNode;
};

/**
 * One question before something that is not easily taken back. Begins at Cancel, and stays while it is being done, so
 * that the answer has a place to arrive. Mounted while it is open.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { variant = "danger", disabledReason = null, failure } = props;
  const cancel = useRef<HTMLButtonElement>(null);
  const close = () => {
    if (!props.pending) props.onClose();
  };
  return (
    <Dialog
      open
      onClose={close}
      title={props.title}
      width="small"
      initialFocus={cancel}
      description={props.description}
      footer={
        <>
          <Button ref={cancel} onClick={close}>
            Cancel
          </Button>
          <Button variant={variant} pending={props.pending} disabledReason={disabledReason} onClick={props.onConfirm}>
            {props.action}
          </Button>
        </>
      }
    >
      {props.children}
      {failure === null ? null : <ErrorBlock inline title={failure.title} error={failure.error} />}
    </Dialog>
  );
}
