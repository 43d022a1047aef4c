import {
  type FormEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useId,
  useRef,
  useState,
} from "react";
import type { ApiError } from "../bindings/contract";
import { useUnsaved } from "../lib/unsaved";
import { Button } from "./Button";
import { Dialog, type DialogProps } from "./Dialog";
import { ErrorBlock } from "./ErrorBlock";
import "./formDialog.css";

export type FormDialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** The verb and its object: "Create organization". */
  submitLabel: string;
  /** `danger` where something is lost by it. */
  submitVariant?: "primary" | "danger";
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  pending: boolean;
  /** Whether something typed would be lost by closing. */
  dirty: boolean;
  /** Why it can't be sent now. */
  disabledReason?: string | null;
  /** What came back and belongs to no field. */
  failure?: { title: string; error: ApiError; notDone?: ReactNode } | null;
  width?: DialogProps["width"];
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
};

const FIELDS = 'input:not([type="hidden"], [aria-hidden="true"]), textarea, [role="combobox"]';

/**
 * Leaving a field shows what is wrong with it, which moves what is below: a button that is being pressed must not
 * move from under the pointer, so pressing it doesn't take the focus from the field.
 */
function stay(event: MouseEvent): void {
  event.preventDefault();
}

/**
 * A form in a dialog: Ctrl+S or Enter sends it, and closing asks first when something was typed. While it is being sent
 * it stays, so that the answer has a place to arrive.
 */
export function FormDialog(props: FormDialogProps) {
  const { open, onClose, submitLabel, onSubmit, pending, dirty, failure = null, width, initialFocus } = props;
  const formId = useId();
  const [asking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  // The first field, not the first button: looked up when the dialog wants it, since the fields are the caller's.
  const [firstField] = useState<RefObject<HTMLElement | null>>(() => ({
    get current() {
      return form.current?.querySelector<HTMLElement>(FIELDS) ?? null;
    },
  }));

  function ask(): void {
    if (pending) return;
    setAsking(true);
    requestAnimationFrame(() => keep.current?.focus());
  }
  useUnsaved(dirty || pending, ask);

  function close(): void {
    if (pending) return;
    if (dirty && !asking) {
      ask();
      return;
    }
    setAsking(false);
    onClose();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      event.stopPropagation();
      if (!pending && (props.disabledReason ?? null) === null) form.current?.requestSubmit();
    }
  }

  const footer = asking ? (
    <>
      <span className="grow" role="alert">
        What you typed is not saved.
      </span>
      <Button
        ref={keep}
        onClick={() => {
          setAsking(false);
          form.current?.querySelector<HTMLElement>(FIELDS)?.focus();
        }}
      >
        Keep editing
      </Button>
      <Button
        variant="danger"
        onClick={() => {
          setAsking(false);
          onClose();
        }}
      >
        Discard
      </Button>
    </>
  ) : (
    <>
      <Button variant="ghost" onMouseDown={stay} onClick={close}>
        Cancel
      </Button>
      <Button
        variant={props.submitVariant ?? "primary"}
        type="submit"
        form={formId}
        onMouseDown={stay}
        pending={pending}
        disabledReason={props.disabledReason ?? null}
        shortcut="Mod+S"
      >
        {submitLabel}
      </Button>
    </>
  );

  return (
    <Dialog
      open={open}
      onClose={close}
      title={props.title}
      description={props.description}
      footer={footer}
      dirty={dirty || pending}
      {...(width === undefined ? {} : { width })}
      initialFocus={initialFocus ?? firstField}
    >
      <form
        ref={form}
        id={formId}
        className="form-dialog"
        noValidate
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && (props.disabledReason ?? null) === null) onSubmit(event);
        }}
      >
        {props.children}
        {failure === null ? null : (
          <ErrorBlock inline title={failure.title} error={failure.error} notDone={failure.notDone} />
        )}
      </form>
    </Dialog>
  );
}
