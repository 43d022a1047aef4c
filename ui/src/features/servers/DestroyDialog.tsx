import { type ReactNode, useRef, useState } from "react";
import type { Preview, ServerAct } from "../../bindings/contract";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Exact } from "../../ui/Text";
import { TextField } from "../../ui/TextField";
import { useAct, useActPreview } from "./useAct";

type DestroyDialogProps = {
  readonly target: { readonly id: number; readonly name: string };
  readonly act: ServerAct;
  /** The verb: "Delete". */
  readonly verb: string;
  /** What happens, a sentence each. */
  readonly consequences: ReadonlyArray<ReactNode>;
  readonly currency: string | null;
  readonly onClose: () => void;
};

/** What can't be taken back: its consequences from the dry run, and the server's name typed first. Mounted while it is open. */
export function DestroyDialog({ target, act, verb, consequences, currency, onClose }: DestroyDialogProps) {
  const [typed, setTyped] = useState("");
  const cancel = useRef<HTMLButtonElement>(null);
  const { key, send, pending, failure } = useAct(target, onClose);
  const preview = useActPreview(target.id, act, key);
  const refused = preview.error?.error ?? null;
  const reason =
    refused?.message ??
    (preview.data === undefined
      ? "What it means is not known yet."
      : typed.trim() === target.name
        ? null
        : `Type ${target.name} first.`);
  return (
    <Dialog
      open
      onClose={pending ? () => undefined : onClose}
      title={`${verb} ${target.name}?`}
      description="This can’t be undone."
      initialFocus={cancel}
      dirty={pending || typed !== ""}
      footer={
        <>
          <Button ref={cancel} onClick={onClose}>
            Cancel
          </Button>
          <Button variant="danger" pending={pending} disabledReason={reason} onClick={() => send(act)}>
            {`${verb} ${target.name}`}
          </Button>
        </>
      }
    >
      {refused !== null ? (
        <ErrorBlock inline title="It can’t be done now" error={refused} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Skeleton lines={3} label="What it means is being asked" />
      ) : (
        <ul className="consequences">
          {consequences.map((sentence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sentences without identity, never reordered.
            <li key={index}>{sentence}</li>
          ))}
          <FinalCharge preview={preview.data} currency={currency} />
        </ul>
      )}
      <TextField
        label={`Type ${target.name} to confirm`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {failure === null ? null : <ErrorBlock inline title="Nothing was asked for" error={failure} />}
    </Dialog>
  );
}

/** Of a deletion: what is still charged. */
function FinalCharge({ preview, currency }: { readonly preview: Preview; readonly currency: string | null }) {
  if (preview.final_amount === null || preview.final_hours === null) return null;
  return (
    <li>
      Final charge: <Exact amount={preview.final_amount} currency={currency ?? "USD"} className="medium" /> for{" "}
      {plural(preview.final_hours, "hour")} not yet charged, with the one that has begun.
    </li>
  );
}
