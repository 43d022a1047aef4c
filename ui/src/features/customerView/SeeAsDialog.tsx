import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useSeeAsReason } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { TextField } from "../../ui/TextField";

const REASON_MIN = 3;
const REASON_MAX = 500;
const TICKET_MAX = 50;

type Form = { reason: string; ticket_number: string };

type SeeAsDialogProps = {
  readonly organization: { readonly id: number; readonly name: string };
  readonly ticketNumber: string | null;
  readonly onClose: () => void;
  readonly onStarted: () => void;
};

/** Asks why before it shows what a customer sees: the reason stays in the log. */
export function SeeAsDialog({ organization, ticketNumber, onClose, onStarted }: SeeAsDialogProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const start = useWrite("customer_view.start");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { reason: "", ticket_number: ticketNumber ?? "" },
  });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    const ticket = values.ticket_number.trim();
    start.mutate(
      {
        organization_id: organization.id,
        reason: values.reason.trim(),
        ticket_number: ticket === "" ? null : ticket,
      },
      {
        onSuccess: onStarted,
        onError: ({ error }) => {
          if (error.code === "view_ticket_unknown") form.setError("ticket_number", { message: error.message });
          else setFailure(landOnField(error, ["reason"], form.setError));
        },
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title={`See ${organization.name} as its customer`}
      description="For 30 minutes you see what their people see, under the same rules of the database. It is read-only, and the log keeps who looked and why."
      submitLabel="See as customer"
      onSubmit={(event) => void submit(event)}
      pending={start.isPending}
      dirty={isDirty}
      disabledReason={useSeeAsReason()}
      failure={failure === null ? null : { title: "The view was not opened", error: failure }}
      width="small"
    >
      <TextField
        label="Reason"
        placeholder="They ask why the last invoice is higher"
        maxLength={REASON_MAX}
        error={errors.reason?.message}
        {...form.register("reason", {
          validate: (reason) => reason.trim().length >= REASON_MIN || "Say why, in a few words.",
        })}
      />
      <TextField
        label="Ticket number"
        optional
        placeholder="T-000123"
        maxLength={TICKET_MAX}
        error={errors.ticket_number?.message}
        {...form.register("ticket_number")}
      />
    </FormDialog>
  );
}
