import { useState } from "react";
import type { ApiError, ParkedDecision, ParkedRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { formatDateClock, formatMoney, plural } from "../../lib/format";
import { FormDialog } from "../../ui/FormDialog";
import { showToast } from "../../ui/Toast";
import { useDecideReason } from "./useRunBilling";
import { parkedWords } from "./words";

type DecideDialogProps = { readonly row: ParkedRow; readonly onClose: () => void };

/** Mounted while it is open. Says what each decision means for the customer's wallet before it is taken. */
export function DecideDialog({ row, onClose }: DecideDialogProps) {
  // What was shown when it opened: live updates go on behind it.
  const [shown] = useState(row);
  const [decision, setDecision] = useState<ParkedDecision | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [missing, setMissing] = useState(false);
  const resolve = useWrite("billing.resolve_parked");
  const reason = useDecideReason();
  const name = shown.label ?? `resource ${shown.resource_id}`;
  const from = formatDateClock(Date.parse(shown.parked_from));
  const hours = plural(shown.hours, "hour");
  const worth = shown.worth === null ? "" : `, about ${formatMoney(shown.worth, shown.currency)} before a monthly cap`;

  function submit(): void {
    if (decision === null) {
      setMissing(true);
      return;
    }
    setFailure(null);
    resolve.mutate(
      { id: shown.id, decision },
      {
        onSuccess: () => {
          showToast({
            title: decision === "from_start" ? `${name}: charged from ${from}` : `${name}: charged from now on`,
            description:
              decision === "from_start" ? "The next run charges its hours." : "The hours before are never charged.",
          });
          onClose();
        },
        onError: ({ error }) => setFailure(error),
      },
    );
  }

  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Decide on ${name}`}
      description={`${parkedWords(shown).why} Its hours wait since ${from} UTC${shown.organization === null ? "" : `, at the cost of ${shown.organization}`}.`}
      submitLabel={decision === null ? "Decide" : decision === "from_now" ? "Charge from now" : "Charge from the start"}
      onSubmit={submit}
      pending={resolve.isPending}
      dirty={decision !== null}
      disabledReason={reason}
      failure={failure === null ? null : { title: "Nothing was decided", error: failure }}
    >
      <fieldset className="choices" aria-describedby={missing && decision === null ? "decide-missing" : undefined}>
        <legend className="sr-only">From when it is charged</legend>
        <Choice
          value="from_start"
          chosen={decision}
          onChoose={setDecision}
          title="From where it was parked"
          text={`The next run charges the ${hours} that wait${worth}, and goes on from there.`}
        />
        <Choice
          value="from_now"
          chosen={decision}
          onChoose={setDecision}
          title="From now"
          text={`The ${hours} that wait are never charged. Its first hour begins now.`}
        />
      </fieldset>
      {missing && decision === null && (
        <p id="decide-missing" className="field-error" role="alert">
          Choose from when it is charged.
        </p>
      )}
    </FormDialog>
  );
}

type ChoiceProps = {
  readonly value: ParkedDecision;
  readonly chosen: ParkedDecision | null;
  readonly onChoose: (value: ParkedDecision) => void;
  readonly title: string;
  readonly text: string;
};

function Choice({ value, chosen, onChoose, title, text }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name="decision" value={value} checked={chosen === value} onChange={() => onChoose(value)} />
      <span>
        <b className="medium">{title}</b>
        <span className="muted">{text}</span>
      </span>
    </label>
  );
}
