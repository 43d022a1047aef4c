import { CircleCheck } from "lucide-react";
import { useRef, useState } from "react";
import { Controller, useForm } from "react-hook-form";
import type { ApiError, DepositAnswer } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { isNothing } from "../../lib/amounts";
import { landOnField } from "../../lib/formErrors";
import { OrganizationField } from "../../lib/OrganizationField";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FormDialog } from "../../ui/FormDialog";
import { Money } from "../../ui/Text";
import { NumberField, TextField } from "../../ui/TextField";
import { readAmount } from "./amount";

/** As the ledger's columns and rules have them. */
const METHOD_CHARS_MAX = 50;
const PAYMENT_ID_CHARS_MAX = 255;
const REASON_CHARS_MIN = 3;
const REASON_CHARS_MAX = 500;

type Form = {
  organization_id: OrganizationChoice | null;
  amount: string;
  payment_method: string;
  payment_id: string;
  reason: string;
};

const FIELDS = ["organization_id", "amount", "payment_method", "payment_id", "reason"] as const;

export type DepositDialogProps = {
  /** Whose wallet, when that is settled; null to choose. */
  readonly organization: OrganizationChoice | null;
  readonly onClose: () => void;
};

/**
 * Puts money into a wallet. Mounted while it is open: its key is made then and kept until there is an answer, so that
 * sending again after a lost connection can't pay in twice.
 */
export function DepositDialog({ organization, onClose }: DepositDialogProps) {
  const [key] = useState(() => crypto.randomUUID());
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [posted, setPosted] = useState<DepositAnswer | null>(null);
  const deposit = useWrite("transactions.deposit");
  const reason = useWriteReason("transactions");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { organization_id: organization, amount: "", payment_method: "", payment_id: "", reason: "" },
  });
  const { errors, isDirty } = form.formState;
  const chosen = form.watch("organization_id");

  const submit = form.handleSubmit((values) => {
    const amount = readAmount(values.amount);
    if (values.organization_id === null || !amount.ok) return;
    setFailure(null);
    deposit.mutate(
      {
        organization_id: values.organization_id.id,
        amount: amount.amount,
        payment_method: values.payment_method.trim(),
        payment_id: values.payment_id.trim() === "" ? null : values.payment_id.trim(),
        reason: values.reason.trim(),
        key,
      },
      {
        onSuccess: setPosted,
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });

  if (posted !== null) return <Posted answer={posted} onClose={onClose} />;
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Post deposit"
      description="Adds to the wallet at once, and collects what is due. A deposit can't be changed afterwards; what was wrong is put right by an adjustment."
      submitLabel="Post deposit"
      onSubmit={(event) => void submit(event)}
      pending={deposit.isPending}
      dirty={isDirty}
      disabledReason={reason}
      failure={failure === null ? null : { title: "The deposit was not posted", error: failure }}
    >
      {organization === null ? (
        <Controller
          control={form.control}
          name="organization_id"
          rules={{ validate: (value) => value !== null || "Choose the organization that paid." }}
          render={({ field, fieldState }) => (
            <OrganizationField value={field.value} onChange={field.onChange} error={fieldState.error?.message} />
          )}
        />
      ) : (
        <p>
          Into the wallet of <b className="medium">{organization.label}</b>
        </p>
      )}
      <div className="form-row">
        <NumberField
          label="Amount"
          unit={chosen === null ? undefined : (chosen.currency ?? "no wallet")}
          placeholder="0.00"
          error={errors.amount?.message}
          {...form.register("amount", {
            validate: (typed) => {
              const amount = readAmount(typed);
              return amount.ok || amount.problem;
            },
          })}
        />
        <TextField
          label="Payment method"
          placeholder="Bank transfer"
          maxLength={METHOD_CHARS_MAX}
          error={errors.payment_method?.message}
          {...form.register("payment_method", { validate: (typed) => typed.trim() !== "" || "Enter how it was paid." })}
        />
      </div>
      <TextField
        label="Payment ID"
        optional
        help="Its number at the bank or the payment provider."
        maxLength={PAYMENT_ID_CHARS_MAX}
        error={errors.payment_id?.message}
        {...form.register("payment_id")}
      />
      <TextField
        label="Reason"
        help="For whoever reads the ledger next."
        placeholder="Top-up for December"
        maxLength={REASON_CHARS_MAX}
        error={errors.reason?.message}
        {...form.register("reason", {
          validate: (typed) => typed.trim().length >= REASON_CHARS_MIN || "Enter a reason of at least 3 characters.",
        })}
      />
    </FormDialog>
  );
}

/** What became of it: the wallet's new balance is the proof that a person looks for. */
function Posted({ answer, onClose }: { readonly answer: DepositAnswer; readonly onClose: () => void }) {
  const { transaction, balance, repeated, collected, still_due } = answer;
  const done = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Deposit posted"
      width="small"
      initialFocus={done}
      footer={
        <Button ref={done} variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p className="row" role="status">
        <CircleCheck className="fg-success" aria-hidden />
        <span>
          {repeated ? "This deposit had been posted before; nothing was added again." : "The wallet has the money."}
        </span>
      </p>
      <dl className="facts selectable">
        <dt>Organization</dt>
        <dd>{transaction.organization ?? "None"}</dd>
        <dt>Amount</dt>
        <dd>
          <Money amount={transaction.amount} currency={transaction.currency} signed />
        </dd>
        {isNothing(collected) ? null : (
          <>
            <dt>Collected of it</dt>
            <dd>
              <Money amount={collected} currency={transaction.currency} />
            </dd>
          </>
        )}
        {still_due === null || isNothing(still_due) ? null : (
          <>
            <dt>Still due</dt>
            <dd>
              <Money amount={still_due} currency={transaction.currency} />
            </dd>
          </>
        )}
        <dt>New balance</dt>
        <dd className="bold">
          <Money amount={balance} currency={transaction.currency} />
        </dd>
        <dt>Transaction</dt>
        <dd className="mono">{transaction.id}</dd>
      </dl>
    </Dialog>
  );
}
