import { zodResolver } from "@hookform/resolvers/zod";
import { ShieldAlert } from "lucide-react";
import { Controller, useForm, useWatch } from "react-hook-form";
import * as z from "zod/mini";
import type { TlsMode } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Select, type SelectOption } from "../../ui/Select";
import { PasswordField, TextField } from "../../ui/TextField";

const PORT_MAX = 65_535;

const required = (what: string) => z.string().check(z.trim(), z.minLength(1, what));

const schema = z.object({
  name: required("Give this connection a name."),
  environment: z.enum(["production", "staging", "development"]),
  host: required("Give the server's address."),
  port: z.string().check(
    z.regex(/^\d{1,5}$/, "Give a port such as 5432."),
    z.refine((port) => Number(port) > 0 && Number(port) <= PORT_MAX, "Give a port such as 5432."),
  ),
  database: required("Give the database's name."),
  login: required("Give this desk's login."),
  password: required("Give the login's password."),
  tls: z.enum(["verify_full", "verify_ca", "require", "disable"]),
  root_certificate: z.string(),
});
type Values = z.infer<typeof schema>;
const FIELDS = [
  "name",
  "environment",
  "host",
  "port",
  "database",
  "login",
  "password",
  "tls",
  "root_certificate",
] as const;

const ENVIRONMENTS: ReadonlyArray<SelectOption<Values["environment"]>> = [
  { value: "production", label: "Production" },
  { value: "staging", label: "Staging" },
  { value: "development", label: "Development" },
];

const TLS: ReadonlyArray<SelectOption<TlsMode>> = [
  { value: "verify_full", label: "Verify fully (recommended)", hint: "Encrypted; the server proves who it is" },
  { value: "verify_ca", label: "Verify authority only", hint: "Weaker: any server of that authority is believed" },
  { value: "require", label: "Encrypt only", hint: "Weak: anybody in between can pose as the server" },
  { value: "disable", label: "No encryption", hint: "Unsafe: passwords and data can be read on the way" },
];

/** What a weaker mode gives up; null for the one that is recommended. */
const RISK: Readonly<Record<TlsMode, string | null>> = {
  verify_full: null,
  verify_ca:
    "Weaker than recommended: another server with a certificate of the same authority would be believed. The status bar keeps showing it.",
  require:
    "Weak: the connection is encrypted, but anybody in between can pose as the server. The status bar keeps showing it.",
  disable:
    "Unsafe: everything, passwords too, can be read on the way. Only for a server on this very computer or inside a private tunnel.",
};

/** A server that an administrator runs. */
export function ServerForm({ onDone }: { onDone?: () => void }) {
  const add = useWrite("app.add_server");
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    mode: "onTouched",
    defaultValues: {
      name: "",
      environment: "production",
      host: "",
      port: "5432",
      database: "containerstacks",
      login: "",
      password: "",
      tls: "verify_full",
      root_certificate: "",
    },
  });
  const { errors } = form.formState;
  const tls = useWatch({ control: form.control, name: "tls" });
  const risk = RISK[tls];

  const submit = form.handleSubmit((values) => {
    const certificate = values.root_certificate.trim();
    add.mutate(
      { ...values, port: Number(values.port), root_certificate: certificate === "" ? null : certificate },
      { onSuccess: () => onDone?.(), onError: (error) => landOnField(error.error, FIELDS, form.setError) },
    );
  });
  const general = add.error !== null && !FIELDS.some((field) => field === add.error.error.field) ? add.error : null;

  return (
    <form className="welcome-form" onSubmit={(event) => void submit(event)} noValidate>
      <div>
        <h1 className="welcome-title">Connect to a server</h1>
        <p className="welcome-lead">Each desk has a login of its own, so that a lost computer can be cut off alone.</p>
      </div>
      <div className="form-row form-row-name">
        <TextField
          label="Name"
          autoFocus
          placeholder="Halyard"
          {...form.register("name")}
          error={errors.name?.message}
        />
        <Controller
          control={form.control}
          name="environment"
          render={({ field }) => (
            <Select label="Environment" value={field.value} onChange={field.onChange} options={ENVIRONMENTS} />
          )}
        />
      </div>
      <div className="form-row form-row-host">
        <TextField
          label="Server"
          placeholder="db.example.com"
          {...form.register("host")}
          error={errors.host?.message}
        />
        <TextField label="Port" inputMode="numeric" {...form.register("port")} error={errors.port?.message} />
      </div>
      <TextField label="Database" {...form.register("database")} error={errors.database?.message} />
      <div className="form-row">
        <TextField label="Desk login" {...form.register("login")} error={errors.login?.message} />
        <PasswordField label="Password" {...form.register("password")} error={errors.password?.message} />
      </div>
      <Controller
        control={form.control}
        name="tls"
        render={({ field }) => (
          <Select label="Encryption" value={field.value} onChange={field.onChange} options={TLS} />
        )}
      />
      {risk !== null && (
        <p className={tls === "disable" ? "notice notice-danger" : "notice notice-warning"} role="status">
          <ShieldAlert aria-hidden />
          {risk}
        </p>
      )}
      {(tls === "verify_full" || tls === "verify_ca") && (
        <TextField
          label="Certificate of the server's authority"
          optional
          placeholder="/etc/ssl/certs/halyard-ca.pem"
          {...form.register("root_certificate")}
          error={errors.root_certificate?.message}
          help="The path of a file in PEM form. Not needed where this computer already trusts the authority."
        />
      )}
      {general !== null && <ErrorBlock inline title="Not connected" error={general.error} />}
      <Button type="submit" variant="primary" className="btn-wide" pending={add.isPending}>
        {add.isPending ? "Connecting\u2026" : "Connect"}
      </Button>
    </form>
  );
}
