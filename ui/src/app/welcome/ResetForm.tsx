import { ArrowLeft, ShieldAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import type { AppState } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { emailProblem, PASSWORD_CHARS_MAX, passwordProblem } from "../../lib/password";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PasswordField, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { ProfileLine } from "./ProfileLine";
import { useCountdown } from "./useCountdown";
import { WelcomeFrame } from "./WelcomeFrame";

type Form = { email: string; code: string; password: string };
const FIELDS = ["email", "code", "password"] as const;

type ResetFormProps = { state: Extract<AppState, { phase: "sign_in" }>; onDone: () => void };

/** Chooses a new password with a code that an admin has made. */
export function ResetForm({ state, onDone }: ResetFormProps) {
  const redeem = useWrite("sign_in.redeem_reset");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: { email: state.last_email ?? "", code: "", password: "" },
  });
  const { errors } = form.formState;
  const error = redeem.error;
  const seconds = useCountdown(error?.error.retry_after_ms ?? null, redeem.submittedAt);
  const told = FIELDS.some((field) => field === error?.error.field);

  const submit = form.handleSubmit((values) => {
    redeem.mutate(
      { ...values, email: values.email.trim() },
      {
        onSuccess: () => {
          showToast({ title: "Your password is changed. Sign in with the new one." });
          onDone();
        },
        onError: ({ error: failure }) => {
          const field = FIELDS.find((name) => name === failure.field);
          if (field !== undefined)
            form.setError(field, { type: "server", message: failure.message }, { shouldFocus: true });
        },
      },
    );
  });

  return (
    <WelcomeFrame>
      <form className="welcome-card welcome-form" onSubmit={(event) => void submit(event)} noValidate>
        <ProfileLine profile={state.profile} />
        <h1 className="welcome-title">Choose a new password</h1>
        <p className="welcome-lead">An admin makes the code, under Users. It works once, for an hour.</p>
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus={state.last_email === null}
          error={errors.email?.message}
          {...form.register("email", { validate: (email) => emailProblem(email) ?? true })}
        />
        <TextField
          label="Reset code"
          autoFocus={state.last_email !== null}
          className="code-field"
          placeholder="ABCD-EFGH-…"
          error={errors.code?.message}
          {...form.register("code", { required: "Give the reset code." })}
        />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          help="At least 12 characters."
          maxLength={PASSWORD_CHARS_MAX}
          error={errors.password?.message}
          {...form.register("password", {
            validate: (password, values) => passwordProblem(password, values.email) ?? true,
          })}
        />
        {error !== null && error.code === "throttled" && (
          <p className="notice notice-warning" role="status">
            <ShieldAlert aria-hidden />
            {seconds > 0 ? error.message : "You can try again now."}
          </p>
        )}
        {error !== null && !told && error.code !== "throttled" && (
          <ErrorBlock inline title="The password was not changed" error={error.error} />
        )}
        <Button
          type="submit"
          variant="primary"
          className="btn-wide"
          pending={redeem.isPending}
          disabledReason={seconds > 0 ? `Wait ${seconds} s before you try again.` : null}
        >
          {seconds > 0 ? `Wait ${seconds} s` : "Change password"}
        </Button>
        <Button variant="ghost" icon={ArrowLeft} onClick={onDone}>
          Back to signing in
        </Button>
      </form>
    </WelcomeFrame>
  );
}
