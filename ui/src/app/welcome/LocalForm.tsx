import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import * as z from "zod/mini";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Segmented } from "../../ui/Segmented";
import { PasswordField, TextField } from "../../ui/TextField";

const PASSWORD_CHARS_MIN = 12;
const NAME_CHARS_MAX = 100;

const name = (what: string) =>
  z
    .string()
    .check(z.trim(), z.minLength(1, what), z.maxLength(NAME_CHARS_MAX, `Use at most ${NAME_CHARS_MAX} characters.`));

const schema = z.object({
  business: name("Give the business a name."),
  first_name: name("Give your first name."),
  last_name: name("Give your last name."),
  email: z.string().check(z.trim(), z.email("Give an address such as maya@example.com.")),
  password: z.string().check(z.minLength(PASSWORD_CHARS_MIN, `Use at least ${PASSWORD_CHARS_MIN} characters.`)),
  begins: z.enum(["demo", "empty"]),
});
type Values = z.infer<typeof schema>;
const BEGINNINGS = [
  { value: "demo", label: "With a demonstration" },
  { value: "empty", label: "Empty" },
] as const;
const FIELDS = ["business", "first_name", "last_name", "email", "password"] as const;

/** The private database on this computer: who runs it, and the first sign-in. */
export function LocalForm() {
  const create = useWrite("app.create_local");
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    mode: "onTouched",
    defaultValues: { business: "", first_name: "", last_name: "", email: "", password: "", begins: "demo" },
  });
  const { errors } = form.formState;

  const submit = form.handleSubmit((values) => {
    const { begins, ...request } = values;
    create.mutate(
      { ...request, demo: begins === "demo" },
      { onError: (error) => landOnField(error.error, FIELDS, form.setError) },
    );
  });
  const general =
    create.error !== null && !FIELDS.some((field) => field === create.error.error.field) ? create.error : null;

  return (
    <form className="welcome-form" onSubmit={(event) => void submit(event)} noValidate>
      <div>
        <h1 className="welcome-title">Set up this computer</h1>
        <p className="welcome-lead">
          A private PostgreSQL database is made in your own data folder. Nothing leaves this computer.
        </p>
      </div>
      <TextField
        label="Business"
        autoFocus
        {...form.register("business")}
        error={errors.business?.message}
        autoComplete="organization"
      />
      <div className="form-row">
        <TextField
          label="First name"
          {...form.register("first_name")}
          error={errors.first_name?.message}
          autoComplete="given-name"
        />
        <TextField
          label="Last name"
          {...form.register("last_name")}
          error={errors.last_name?.message}
          autoComplete="family-name"
        />
      </div>
      <TextField
        label="E-mail"
        type="email"
        {...form.register("email")}
        error={errors.email?.message}
        autoComplete="email"
      />
      <PasswordField
        label="Password"
        {...form.register("password")}
        error={errors.password?.message}
        help={`You sign in with it. At least ${PASSWORD_CHARS_MIN} characters.`}
        autoComplete="new-password"
      />
      <Controller
        control={form.control}
        name="begins"
        render={({ field }) => (
          <div className="field">
            <Segmented label="Begin" value={field.value} options={BEGINNINGS} onChange={field.onChange} />
            <p className="field-help">
              {field.value === "demo"
                ? "A business of invented customers with six months of servers, usage, invoices and tickets, to look around in. Its clock can be moved, so it is marked as one for tests."
                : "For a business of your own, without a server elsewhere."}
            </p>
          </div>
        )}
      />
      {general !== null && <ErrorBlock inline title="The database was not made" error={general.error} />}
      <Button type="submit" variant="primary" className="btn-wide" pending={create.isPending}>
        {create.isPending ? "Making the database\u2026" : "Create"}
      </Button>
    </form>
  );
}
