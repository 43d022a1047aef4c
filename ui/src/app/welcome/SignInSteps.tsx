import { ShieldAlert } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import type { AppState, FactorOffer, SignInStep } from "../../bindings/contract";
import type { CallError } from "../../ipc/error";
import { useWrite } from "../../ipc/queries";
import { PASSWORD_CHARS_MAX, passwordProblem } from "../../lib/password";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PasswordField, TextField } from "../../ui/TextField";
import { FactorPicture, RecoveryCodeList } from "../account/FactorSetup";
import { ProfileLine } from "./ProfileLine";
import { useCountdown } from "./useCountdown";
import { WelcomeFrame } from "./WelcomeFrame";

type State = Extract<AppState, { phase: "sign_in" }>;

/** What the sign-in still asks of somebody who has given the password. */
export function SignInSteps({ state, step }: { state: State; step: SignInStep }) {
  switch (step) {
    case "second_factor":
      return <CodeStep state={state} />;
    case "second_factor_setup":
    case "set_up_done":
      return <SetUpStep state={state} done={step === "set_up_done"} />;
    case "new_password":
      return <NewPasswordStep state={state} />;
  }
}

type CardProps = {
  state: State;
  title: string;
  lead: ReactNode;
  /** The last answer that was a failure. */
  error: CallError | null;
  /** Failures that stand beside a field already. */
  told: boolean;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  wide?: boolean;
  children: ReactNode;
};

/** The card that all steps are drawn on, with the way back to the beginning. */
function Card({ state, title, lead, error, told, onSubmit, wide = false, children }: CardProps) {
  const abandon = useWrite("sign_in.abandon");
  return (
    <WelcomeFrame wide={wide}>
      <form className="welcome-card welcome-form" onSubmit={onSubmit} noValidate>
        <ProfileLine profile={state.profile} />
        <h1 className="welcome-title">{title}</h1>
        <p className="welcome-lead">{lead}</p>
        {children}
        {error !== null && !told && error.code !== "throttled" && (
          <ErrorBlock inline title="Not signed in" error={error.error} />
        )}
        <Button variant="ghost" pending={abandon.isPending} onClick={() => abandon.mutate({})}>
          Sign in as somebody else
        </Button>
      </form>
    </WelcomeFrame>
  );
}

function Throttled({ error, seconds }: { error: CallError; seconds: number }) {
  return (
    <p className="notice notice-warning" role="status">
      <ShieldAlert aria-hidden />
      {seconds > 0 ? error.message : "You can try again now."}
    </p>
  );
}

function CodeStep({ state }: { state: State }) {
  const give = useWrite("sign_in.give_code");
  const form = useForm<{ code: string }>({ defaultValues: { code: "" } });
  const [recovery, setRecovery] = useState(false);
  const error = give.error;
  const seconds = useCountdown(error?.error.retry_after_ms ?? null, give.submittedAt);
  const told = error?.error.field === "code";

  const submit = form.handleSubmit((values) => {
    give.mutate(values, {
      onError: ({ error: failure }) => {
        if (failure.field !== "code") return;
        form.reset({ code: "" });
        form.setError("code", { type: "server", message: failure.message }, { shouldFocus: true });
      },
    });
  });

  return (
    <Card
      state={state}
      title={recovery ? "Enter a recovery code" : "Enter the code from your phone"}
      lead={
        recovery
          ? "One of the ten codes that were shown when you set the second factor up. Each works once."
          : "Your password is right. Your authenticator program shows six digits for this business."
      }
      error={error}
      told={told}
      onSubmit={(event) => void submit(event)}
    >
      <TextField
        key={recovery ? "recovery" : "code"}
        label={recovery ? "Recovery code" : "Code"}
        autoFocus
        inputMode={recovery ? "text" : "numeric"}
        autoComplete="one-time-code"
        placeholder={recovery ? "ABCD-EFGH-JKLM-NPQR" : "123 456"}
        error={form.formState.errors.code?.message}
        {...form.register("code", { required: recovery ? "Give a recovery code." : "Give the six digits." })}
      />
      {error !== null && error.code === "throttled" && <Throttled error={error} seconds={seconds} />}
      <Button
        type="submit"
        variant="primary"
        className="btn-wide"
        pending={give.isPending}
        disabledReason={seconds > 0 ? `Wait ${seconds} s before you try again.` : null}
      >
        {seconds > 0 ? `Wait ${seconds} s` : "Sign in"}
      </Button>
      <Button variant="ghost" onClick={() => setRecovery(!recovery)}>
        {recovery ? "Use the phone’s code" : "The phone is lost: use a recovery code"}
      </Button>
    </Card>
  );
}

function SetUpStep({ state, done }: { state: State; done: boolean }) {
  const begin = useWrite("sign_in.begin_factor");
  const finish = useWrite("sign_in.finish_factor");
  const goOn = useWrite("sign_in.go_on");
  const [offer, setOffer] = useState<FactorOffer | null>(null);
  const [codes, setCodes] = useState<ReadonlyArray<string> | null>(null);
  const form = useForm<{ code: string }>({ defaultValues: { code: "" } });
  const error = goOn.error ?? finish.error ?? begin.error;

  const submit = form.handleSubmit((values) => {
    if (offer === null) {
      begin.mutate({}, { onSuccess: setOffer });
      return;
    }
    finish.mutate(values, {
      onSuccess: (answer) => setCodes(answer.codes),
      onError: ({ error: failure }) => {
        if (failure.field === "code")
          form.setError("code", { type: "server", message: failure.message }, { shouldFocus: true });
      },
    });
  });

  if (codes !== null || done) {
    return (
      <Card
        state={state}
        wide
        title="Second factor is on"
        lead="From now on a code from your phone is asked for when you sign in."
        error={error}
        told={false}
        onSubmit={(event) => {
          event.preventDefault();
          goOn.mutate({});
        }}
      >
        {codes !== null && <RecoveryCodeList codes={codes} />}
        {codes === null && <p>You find new recovery codes under your name, at “Second factor…”.</p>}
        <Button type="submit" variant="primary" className="btn-wide" pending={goOn.isPending} autoFocus>
          {codes === null ? "Sign in" : "I have kept them: sign in"}
        </Button>
      </Card>
    );
  }
  return (
    <Card
      state={state}
      wide
      title="Set up a second factor"
      lead="This business asks your role for a code from a phone besides the password. It takes a minute, once."
      error={error}
      told={finish.error?.error.field === "code"}
      onSubmit={(event) => {
        if (offer !== null) void submit(event);
        else {
          event.preventDefault();
          begin.mutate({}, { onSuccess: setOffer });
        }
      }}
    >
      {offer !== null && (
        <>
          <FactorPicture offer={offer} />
          <TextField
            label="Code that the program shows"
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            placeholder="123 456"
            error={form.formState.errors.code?.message}
            {...form.register("code", { required: "Give the six digits." })}
          />
        </>
      )}
      <Button
        type="submit"
        variant="primary"
        className="btn-wide"
        pending={begin.isPending || finish.isPending}
        autoFocus={offer === null}
      >
        {offer === null ? "Begin" : "Turn on"}
      </Button>
    </Card>
  );
}

function NewPasswordStep({ state }: { state: State }) {
  const choose = useWrite("sign_in.choose_password");
  const form = useForm<{ password: string }>({ mode: "onTouched", defaultValues: { password: "" } });
  const error = choose.error;

  const submit = form.handleSubmit((values) => {
    choose.mutate(values, {
      onError: ({ error: failure }) => {
        if (failure.field === "password")
          form.setError("password", { type: "server", message: failure.message }, { shouldFocus: true });
      },
    });
  });

  return (
    <Card
      state={state}
      title="Choose your own password"
      lead="Somebody else knows the one that you came in with. Choose one that only you know."
      error={error}
      told={error?.error.field === "password"}
      onSubmit={(event) => void submit(event)}
    >
      <PasswordField
        label="New password"
        autoFocus
        autoComplete="new-password"
        help="At least 12 characters. Several words are easier to keep in mind than signs."
        maxLength={PASSWORD_CHARS_MAX}
        error={form.formState.errors.password?.message}
        {...form.register("password", {
          validate: (password) => passwordProblem(password, state.last_email ?? "") ?? true,
        })}
      />
      <Button type="submit" variant="primary" className="btn-wide" pending={choose.isPending}>
        Sign in
      </Button>
    </Card>
  );
}
