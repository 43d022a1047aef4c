import { zodResolver } from "@hookform/resolvers/zod";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import type { AppState, ErrorCode, Profile } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PasswordField, TextField } from "../../ui/TextField";
import { KeychainNotice } from "./FirstRun";
import { OtherProfiles } from "./OtherProfiles";
import { ProfileLine } from "./ProfileLine";
import { ResetForm } from "./ResetForm";
import { SignInSteps } from "./SignInSteps";
import { useCountdown } from "./useCountdown";
import { WelcomeFrame } from "./WelcomeFrame";

const schema = z.object({
  email: z.string().check(z.trim(), z.minLength(1, "Give your e-mail address.")),
  password: z.string().check(z.minLength(1, "Give your password.")),
});
type Values = z.infer<typeof schema>;

/** These are said beside the form itself; anything else gets the whole error block. */
const SAID_ON_FORM: ReadonlySet<ErrorCode> = new Set(["wrong_password", "throttled", "invalid_field"]);

type State = Extract<AppState, { phase: "sign_in" }>;

/** The way in: the password, what it still asks for after that, or a new password with a reset code. */
export function SignIn({ state }: { state: State }) {
  const [resetting, setResetting] = useState(false);
  if (state.step !== null) return <SignInSteps state={state} step={state.step} />;
  if (resetting) return <ResetForm state={state} onDone={() => setResetting(false)} />;
  return <PasswordStep state={state} onReset={() => setResetting(true)} />;
}

function PasswordStep({ state, onReset }: { state: State; onReset: () => void }) {
  const { profile } = state;
  const signIn = useWrite("session.sign_in");
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    mode: "onTouched",
    defaultValues: { email: state.last_email ?? "", password: "" },
  });
  const { errors } = form.formState;
  const error = signIn.error;
  const seconds = useCountdown(error?.error.retry_after_ms ?? null, signIn.submittedAt);

  const submit = form.handleSubmit((values) => {
    signIn.mutate(values, {
      onError: (failure) => {
        if (failure.code === "throttled") return;
        const field = failure.error.field === "email" ? "email" : "password";
        if (SAID_ON_FORM.has(failure.code))
          form.setError(field, { type: "server", message: failure.message }, { shouldFocus: true });
      },
    });
  });

  return (
    <WelcomeFrame>
      <form className="welcome-card welcome-form" onSubmit={(event) => void submit(event)} noValidate>
        <ProfileLine profile={profile} />
        <h1 className="welcome-title">Sign in</h1>
        <WeakConnection profile={profile} />
        {state.keychain !== "available" && profile.kind === "server" && (
          <KeychainNotice locked={state.keychain === "locked"} />
        )}
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus={state.last_email === null}
          {...form.register("email")}
          error={errors.email?.message}
        />
        <PasswordField
          label="Password"
          autoComplete="current-password"
          autoFocus={state.last_email !== null}
          {...form.register("password")}
          error={errors.password?.message}
        />
        {error !== null && error.code === "throttled" && (
          <p className="notice notice-warning" role="status">
            <ShieldAlert aria-hidden />
            {seconds > 0 ? error.message : "You can try again now."}
          </p>
        )}
        {error !== null && !SAID_ON_FORM.has(error.code) && (
          <ErrorBlock inline title="Not signed in" error={error.error} />
        )}
        <Button
          type="submit"
          variant="primary"
          className="btn-wide"
          pending={signIn.isPending}
          disabledReason={seconds > 0 ? `Wait ${seconds} s before you try again.` : null}
        >
          {seconds > 0 ? `Wait ${seconds} s` : signIn.isPending ? "Signing in\u2026" : "Sign in"}
        </Button>
        <Button variant="ghost" onClick={onReset}>
          I have a reset code
        </Button>
      </form>
      <OtherProfiles current={profile} profiles={state.profiles} />
    </WelcomeFrame>
  );
}

function WeakConnection({ profile }: { profile: Profile }) {
  // A socket's folder: nothing leaves this computer.
  if (profile.kind === "local" || profile.host.startsWith("/") || profile.tls === "verify_full") return null;
  return (
    <p className={profile.tls === "disable" ? "notice notice-danger" : "notice notice-warning"}>
      <ShieldAlert aria-hidden />
      {profile.tls === "disable"
        ? "This connection is not encrypted: what crosses it could be read on the way."
        : "This connection does not fully check that the server is the right one."}
    </p>
  );
}
