import { ArrowRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Controller, type FieldPath, useForm } from "react-hook-form";
import type { ApiError, SettingKey, SettingsAnswer } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useSession, useWriteReason } from "../../ipc/session";
import { plural } from "../../lib/format";
import { landOnField } from "../../lib/formErrors";
import { useUnsaved } from "../../lib/unsaved";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Select } from "../../ui/Select";
import { Skeleton } from "../../ui/Skeleton";
import { NumberField, TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { BUSINESS_FIELDS, BUSINESS_GROUPS, type BusinessField, readable } from "./businessFields";
import "./business.css";

type Form = Record<SettingKey, string>;

function formOf(answer: SettingsAnswer): Form {
  return Object.fromEntries(answer.values.map(({ key, value }) => [key, value])) as Form;
}

/** Settings of the whole business, in its database, for every desk. */
export function BusinessSettings() {
  const { permissions } = useSession();
  const permission = permissions.find((each) => each.area === "settings");
  const allowed = permission?.read !== false;
  const read = useRead("settings.get", {}, { enabled: allowed });
  if (!allowed) {
    return (
      <Panel title="Business">
        <p className="panel-empty muted">
          {permission?.reason ?? "Only admins can see and change the settings of the business."}
        </p>
      </Panel>
    );
  }
  if (read.data === undefined) {
    return read.error === null ? (
      <Skeleton lines={10} label="Settings are being read" />
    ) : (
      <ErrorBlock
        title="The settings could not be read"
        error={read.error.error}
        onRetry={() => void read.refetch()}
        retrying={read.isFetching}
      />
    );
  }
  return <BusinessForm answer={read.data} onReload={() => void read.refetch()} />;
}

function BusinessForm({ answer, onReload }: { readonly answer: SettingsAnswer; readonly onReload: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const change = useWrite("settings.change");
  const reason = useWriteReason("settings");
  // What the person began to edit: a colleague's change meanwhile is told, never taken over unseen.
  const [base, setBase] = useState(answer);
  const form = useForm<Form>({ defaultValues: formOf(base) });
  const { errors, isDirty } = form.formState;
  const stored = formOf(base);
  const values = form.watch();
  const changed = BUSINESS_FIELDS.filter((field) => values[field.key] !== stored[field.key]);
  const element = useRef<HTMLFormElement>(null);
  const [asking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useUnsaved(changed.length > 0 || change.isPending, () => setAsking(true));
  const discard = () => {
    setFailure(null);
    setAsking(false);
    form.reset(stored);
  };

  useEffect(() => {
    if (answer.updated_at === base.updated_at || isDirty) return;
    setBase(answer);
    form.reset(formOf(answer));
  }, [answer, base, isDirty, form]);

  const submit = form.handleSubmit((typed) => {
    if (changed.length === 0 || reason !== null) return;
    setFailure(null);
    change.mutate(
      {
        values: changed.map(({ key }) => ({ key, value: typed[key] })),
        expected_updated_at: base.updated_at,
      },
      {
        onSuccess: ({ changed: kept }) => {
          form.reset(typed);
          onReload();
          showToast({ title: `${plural(kept.length, "setting")} changed` });
        },
        onError: ({ error }) =>
          setFailure(
            landOnField(error, BUSINESS_FIELDS.map(({ key }) => key) as Array<FieldPath<Form>>, form.setError),
          ),
      },
    );
  });

  return (
    <form
      ref={element}
      className="business"
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        element.current?.requestSubmit();
      }}
    >
      {BUSINESS_GROUPS.map((group) => (
        <Panel key={group.title} title={group.title}>
          <div className="business-fields">
            {group.fields.map((field) => (
              <Controller
                key={field.key}
                control={form.control}
                name={field.key}
                render={({ field: input }) => (
                  <Input
                    field={field}
                    currency={values.currency}
                    error={errors[field.key]?.message}
                    disabled={reason !== null}
                    {...input}
                  />
                )}
              />
            ))}
          </div>
        </Panel>
      ))}
      {changed.length > 0 && (
        <section className="panel business-changes" aria-label="What would change">
          <h2 className="medium">{plural(changed.length, "change")}</h2>
          <dl>
            {changed.map((field) => (
              <div key={field.key}>
                <dt>{field.label}</dt>
                <dd>
                  <del>{readable(field, stored[field.key])}</del>
                  <ArrowRight className="icon-xs muted" aria-label="becomes" />
                  <ins>{readable(field, values[field.key])}</ins>
                </dd>
              </div>
            ))}
          </dl>
          <CurrencyNotice answer={base} next={values.currency} />
        </section>
      )}
      {failure !== null && (
        <ErrorBlock
          inline
          title="The settings were not changed"
          error={failure}
          actions={
            failure.code === "stale" && (
              <Button
                size="sm"
                onClick={() => {
                  setFailure(null);
                  setBase(answer);
                  form.reset(formOf(answer));
                  onReload();
                }}
              >
                Show the new state
              </Button>
            )
          }
        />
      )}
      <div className="business-foot">
        <Button variant="ghost" disabledReason={changed.length === 0 ? "Nothing is changed." : null} onClick={discard}>
          Discard
        </Button>
        <Button
          variant="primary"
          type="submit"
          pending={change.isPending}
          disabledReason={reason ?? (changed.length === 0 ? "Nothing is changed." : null)}
          shortcut="Mod+S"
        >
          Save settings
        </Button>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Discard the changes?"
        width="small"
        initialFocus={keep}
        description={`${plural(changed.length, "setting")} changed here and not saved. Nothing of it is in the database.`}
        footer={
          <>
            <Button ref={keep} onClick={() => setAsking(false)}>
              Keep editing
            </Button>
            <Button variant="danger" onClick={discard}>
              Discard
            </Button>
          </>
        }
      />
    </form>
  );
}

type InputProps = {
  readonly field: BusinessField;
  readonly currency: string;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur: () => void;
};

function Input({ field, currency, error, disabled, name, value, onChange, onBlur }: InputProps) {
  const { label, help } = field;
  const common = { label, help, error, name, value, onBlur, readOnly: disabled };
  const onText = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  switch (field.kind) {
    case "choice":
      return (
        <Select
          label={label}
          help={help}
          error={error}
          value={value}
          onChange={(next) => {
            if (!disabled) onChange(next);
          }}
          options={(field.options ?? []).map((option) => ({ ...option }))}
        />
      );
    case "number":
      return <NumberField {...common} inputMode="numeric" unit={field.unit} onChange={onText} />;
    case "money":
      return <NumberField {...common} unit={currency} onChange={onText} />;
    case "long":
      return <TextArea {...common} rows={4} maxLength={2000} onChange={onText} />;
    case "text":
      return <TextField {...common} maxLength={200} onChange={onText} />;
  }
}

/** Another currency leaves wallets without billing: said with their number, before it is done. */
function CurrencyNotice({ answer, next }: { readonly answer: SettingsAnswer; readonly next: string }) {
  const wanted = next.trim().toUpperCase();
  const now = answer.values.find((each) => each.key === "currency")?.value;
  if (wanted === now) return null;
  const left = answer.wallets.filter((each) => each.currency !== wanted).reduce((sum, each) => sum + each.wallets, 0);
  return (
    <p className="notice notice-warning">
      {left === 0
        ? "All wallets have this currency."
        : `${plural(left, "wallet")} of other currencies would not be charged any more, and would be listed as skipped.`}
    </p>
  );
}
