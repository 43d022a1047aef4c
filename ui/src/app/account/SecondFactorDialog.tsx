import { useRef, useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, FactorOffer } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { FormDialog } from "../../ui/FormDialog";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/Text";
import { PasswordField, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { FactorPicture, RecoveryCodeList } from "./FactorSetup";

type Step =
  | { readonly kind: "overview" }
  | { readonly kind: "set_up"; readonly offer: FactorOffer }
  | { readonly kind: "codes"; readonly codes: ReadonlyArray<string>; readonly title: string }
  | { readonly kind: "disable" };

/** The person's own second factor: set up, renewed, given up. Mounted while it is open. */
export function SecondFactorDialog({ onClose }: { onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: "overview" });
  switch (step.kind) {
    case "overview":
      return <Overview onClose={onClose} onStep={setStep} />;
    case "set_up":
      return (
        <SetUp
          offer={step.offer}
          onClose={onClose}
          onDone={(codes) => setStep({ kind: "codes", codes, title: "Second factor is on" })}
        />
      );
    case "codes":
      return <Codes title={step.title} codes={step.codes} onClose={onClose} />;
    case "disable":
      return <Disable onClose={onClose} />;
  }
}

function Overview({ onClose, onStep }: { onClose: () => void; onStep: (step: Step) => void }) {
  const read = useRead("account.security", {});
  const begin = useWrite("account.begin_factor");
  const renew = useWrite("account.new_recovery_codes");
  const state = read.data;
  const on = state !== undefined && state.second_factor_since !== null;
  const failure = begin.error ?? renew.error;
  const first = useRef<HTMLButtonElement>(null);

  return (
    <Dialog
      open
      onClose={onClose}
      title="Second factor"
      initialFocus={first}
      footer={
        on ? (
          <>
            <Button
              variant="danger"
              disabledReason={state.second_factor_required ? "Your role signs in with a second factor only." : null}
              onClick={() => onStep({ kind: "disable" })}
            >
              Disable…
            </Button>
            <Button
              pending={renew.isPending}
              onClick={() =>
                renew.mutate(
                  {},
                  { onSuccess: ({ codes }) => onStep({ kind: "codes", codes, title: "New recovery codes" }) },
                )
              }
            >
              New recovery codes
            </Button>
            <Button ref={first} variant="primary" onClick={onClose}>
              Done
            </Button>
          </>
        ) : (
          <>
            <Button variant="ghost" onClick={onClose}>
              Cancel
            </Button>
            <Button
              ref={first}
              variant="primary"
              pending={begin.isPending}
              disabledReason={state === undefined ? "Reading how you sign in." : null}
              onClick={() => begin.mutate({}, { onSuccess: (offer) => onStep({ kind: "set_up", offer }) })}
            >
              Set up
            </Button>
          </>
        )
      }
    >
      {state === undefined && read.error === null && <Skeleton lines={2} />}
      {state === undefined && read.error !== null && (
        <ErrorBlock
          inline
          title="How you sign in could not be read"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      )}
      {state !== undefined && !on && (
        <p>
          With a second factor, whoever learns your password still can’t sign in as you: a code from your phone is asked
          for too.
        </p>
      )}
      {on && (
        <p>
          On since <Time at={state.second_factor_since} style="detail" />. You have{" "}
          <b className="medium">{state.recovery_codes_left}</b> unused recovery{" "}
          {state.recovery_codes_left === 1 ? "code" : "codes"}.
        </p>
      )}
      {on && state.recovery_codes_left < 3 && (
        <p className="notice notice-warning">Make new recovery codes before the last one is used.</p>
      )}
      {failure !== null && <ErrorBlock inline title="Nothing was changed" error={failure.error} />}
    </Dialog>
  );
}

type SetUpProps = { offer: FactorOffer; onClose: () => void; onDone: (codes: ReadonlyArray<string>) => void };

function SetUp({ offer, onClose, onDone }: SetUpProps) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const finish = useWrite("account.finish_factor");
  const form = useForm<{ code: string }>({ defaultValues: { code: "" } });

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    finish.mutate(values, {
      onSuccess: ({ codes }) => onDone(codes),
      onError: ({ error }) => setFailure(landOnField(error, ["code"], form.setError)),
    });
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Set up the second factor"
      submitLabel="Turn on"
      onSubmit={(event) => void submit(event)}
      pending={finish.isPending}
      dirty={false}
      failure={failure === null ? null : { title: "The second factor is not on yet", error: failure }}
    >
      <FactorPicture offer={offer} />
      <TextField
        label="Code that the program shows"
        inputMode="numeric"
        autoComplete="one-time-code"
        placeholder="123 456"
        error={form.formState.errors.code?.message}
        {...form.register("code", { required: "Give the six digits." })}
      />
    </FormDialog>
  );
}

function Codes({ title, codes, onClose }: { title: string; codes: ReadonlyArray<string>; onClose: () => void }) {
  const done = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      initialFocus={done}
      dirty
      footer={
        <Button ref={done} variant="primary" onClick={onClose}>
          I have kept them
        </Button>
      }
    >
      <RecoveryCodeList codes={codes} />
    </Dialog>
  );
}

function Disable({ onClose }: { onClose: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const disable = useWrite("account.disable_factor");
  const form = useForm<{ password: string; code: string }>({ defaultValues: { password: "", code: "" } });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    disable.mutate(values, {
      onSuccess: () => {
        showToast({ title: "The second factor is off" });
        onClose();
      },
      onError: ({ error }) => setFailure(landOnField(error, ["password", "code"], form.setError)),
    });
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Disable the second factor"
      description="From then on your password alone lets you in."
      width="small"
      submitLabel="Disable"
      onSubmit={(event) => void submit(event)}
      pending={disable.isPending}
      dirty={isDirty}
      failure={failure === null ? null : { title: "The second factor stays on", error: failure }}
    >
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register("password", { required: "Give your password." })}
      />
      <TextField
        label="Code, or a recovery code"
        autoComplete="one-time-code"
        error={errors.code?.message}
        {...form.register("code", { required: "Give the six digits, or a recovery code." })}
      />
    </FormDialog>
  );
}
