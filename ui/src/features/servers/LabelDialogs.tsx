import { useState } from "react";
import type { ServerAct } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { FormDialog } from "../../ui/FormDialog";
import { TextField } from "../../ui/TextField";
import { useAct } from "./useAct";

const LABEL_CHARS_MAX = 64;
const NAME_CHARS_MAX = 254;

type Target = { readonly id: number; readonly name: string };

/** A text and nothing more: another name, a snapshot's name, the name of an address. */
type TextDialogProps = {
  readonly target: Target;
  readonly title: string;
  readonly description: string;
  readonly label: string;
  readonly help: string;
  readonly submitLabel: string;
  readonly initial: string;
  readonly max: number;
  /** What the business's own settings call it. */
  readonly suggestion?: string | null;
  /** Nothing is the provider's own. */
  readonly mayBeEmpty?: boolean;
  readonly toAct: (text: string) => ServerAct;
  readonly onClose: () => void;
};

function TextDialog(props: TextDialogProps) {
  const { target, initial, suggestion = null, mayBeEmpty = false, toAct, onClose } = props;
  const [text, setText] = useState(initial);
  const { send, pending, failure, setFailure } = useAct(target, onClose);
  const given = text.trim();
  const ofField = failure !== null && (failure.field === "label" || failure.field === "rdns");
  return (
    <FormDialog
      open
      onClose={onClose}
      title={props.title}
      description={props.description}
      submitLabel={props.submitLabel}
      onSubmit={() => send(toAct(given))}
      pending={pending}
      dirty={text !== initial}
      disabledReason={
        given === initial ? "It is called that already." : given === "" && !mayBeEmpty ? "Give a name." : null
      }
      failure={failure === null || ofField ? null : { title: "Nothing was asked for", error: failure }}
    >
      <TextField
        label={props.label}
        help={props.help}
        optional={mayBeEmpty}
        value={text}
        maxLength={props.max}
        error={ofField ? failure.message : null}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setFailure(null);
        }}
      />
      {suggestion === null || suggestion === given ? null : (
        <div>
          <Button size="sm" onClick={() => setText(suggestion)}>
            Use {suggestion}
          </Button>
        </div>
      )}
    </FormDialog>
  );
}

export function RenameDialog({ target, onClose }: { readonly target: Target; readonly onClose: () => void }) {
  return (
    <TextDialog
      target={target}
      title={`Rename ${target.name}`}
      description="At Linode and here. What runs on it is not touched."
      label="Label"
      help="3 to 64 letters, digits, - _ and . , as Linode takes them; no other server of the account may have it."
      submitLabel="Rename server"
      initial={target.name}
      max={LABEL_CHARS_MAX}
      toAct={(label) => ({ kind: "rename", label })}
      onClose={onClose}
    />
  );
}

export function SnapshotDialog({ target, onClose }: { readonly target: Target; readonly onClose: () => void }) {
  return (
    <TextDialog
      target={target}
      title={`Take a snapshot of ${target.name}`}
      description="Linode keeps one snapshot of a server: it replaces the one before."
      label="Name"
      help="What it is taken before, such as “before the upgrade”."
      submitLabel="Take snapshot"
      initial=""
      max={NAME_CHARS_MAX}
      toAct={(label) => ({ kind: "snapshot", label })}
      onClose={onClose}
    />
  );
}

type RdnsDialogProps = {
  readonly target: Target;
  readonly address: string;
  readonly name: string | null;
  readonly onClose: () => void;
};

/** Offers the name that the networking settings give the address. */
export function RdnsDialog({ target, address, name, onClose }: RdnsDialogProps) {
  const own = useRead("networking.name_of", { address });
  return (
    <TextDialog
      target={target}
      title={`Reverse DNS of ${address}`}
      description="The name that the address leads back to. The name itself has to lead to the address first, or Linode refuses it."
      label="Name"
      help="Such as mail.example.com. Empty is Linode’s own name."
      submitLabel="Set name"
      initial={name ?? ""}
      suggestion={own.data?.name ?? null}
      max={NAME_CHARS_MAX}
      mayBeEmpty
      toAct={(given) => ({ kind: "rdns", address, name: given === "" ? null : given })}
      onClose={onClose}
    />
  );
}
