import { type ReactNode, useRef } from "react";
import type { ApiError } from "../../bindings/contract";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";

type ConfirmDialogProps = {
  readonly title: string;
  readonly text: ReactNode;
  readonly confirmLabel: string;
  readonly danger?: boolean;
  readonly pending: boolean;
  readonly failure: { title: string; error: ApiError } | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
};

/** Asks before something that a person should have thought about. The way back has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const back = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={() => {
        if (!props.pending) props.onClose();
      }}
      title={props.title}
      description={props.text}
      width="small"
      initialFocus={back}
      footer={
        <>
          <Button ref={back} variant="ghost" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            variant={props.danger === true ? "danger" : "primary"}
            pending={props.pending}
            onClick={props.onConfirm}
          >
            {props.confirmLabel}
          </Button>
        </>
      }
    >
      {props.failure === null ? null : <ErrorBlock inline title={props.failure.title} error={props.failure.error} />}
    </Dialog>
  );
}
