import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ApiError, AssignedTogether, AssignRequest, Instant, PlanChoice } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { type AssignmentDialogProps, NOUNS } from "../../lib/assignments";
import { plural } from "../../lib/format";
import { OrganizationField } from "../../lib/OrganizationField";
import { FormDialog } from "../../ui/FormDialog";
import { Segmented } from "../../ui/Segmented";
import { Exact, Money, Rate, Time } from "../../ui/Text";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { PlanField } from "./PlanField";
import { readTime, type StartChoice } from "./start";

/** Gives servers or containers to an organization. What it will charge is asked of the database before it is done. */
export function AssignDialog({ intent, onClose }: AssignmentDialogProps) {
  const { kind, targets } = intent;
  const only = targets.length === 1 ? targets[0] : undefined;
  const [organization, setOrganization] = useState<OrganizationChoice | null>(null);
  const [plan, setPlan] = useState<PlanChoice | null>(null);
  const [start, setStart] = useState<StartChoice>("now");
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<ApiError | null>(null);
  const assign = useWrite("assignments.assign");
  const reason = useWriteReason(kind === "vps" ? "servers" : "containers");

  const at = start === "created" ? (only?.createdAt ?? null) : start === "at" ? readTime(typed) : null;
  const complete = organization !== null && plan !== null && (start === "now" || at !== null);
  const request: AssignRequest = {
    kind,
    resource_ids: targets.map((target) => target.id),
    organization_id: organization?.id ?? 0,
    plan_id: plan?.id ?? 0,
    // The contract's brand: the program reads it as an instant, or says that it is none.
    start: at as Instant | null,
  };
  const preview = useRead("assignments.preview", request, { enabled: complete && reason === null });
  const refused = complete ? (preview.error?.error ?? null) : null;
  const noun = NOUNS[kind];
  const what = only?.label ?? plural(targets.length, noun.one, noun.many);

  const submit = () => {
    if (!complete) return;
    setFailure(null);
    assign.mutate(request, {
      onSuccess: () => {
        showToast({
          title: `${what} assigned`,
          description: `To ${organization?.label ?? ""} on ${plan?.name ?? ""}.`,
        });
        onClose();
      },
      onError: ({ error }) => setFailure(error),
    });
  };

  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Assign ${what}`}
      description={
        only?.organization == null
          ? "From its start on, its hours are charged to the organization's wallet."
          : `It is ${only.organization}'s now: their last hour ends with this, and the new one can start now.`
      }
      submitLabel={`Assign ${only === undefined ? noun.many : noun.one}`}
      onSubmit={submit}
      pending={assign.isPending}
      dirty={organization !== null || plan !== null}
      disabledReason={reason ?? incomplete(organization, plan, complete) ?? refused?.message ?? null}
      failure={failure === null ? null : { title: "Nothing was assigned", error: failure }}
    >
      <OrganizationField value={organization} onChange={setOrganization} />
      <PlanField kind={kind} resourceId={only?.id ?? null} value={plan} onChange={setPlan} />
      <div className="field">
        <span className="field-label">Charged from</span>
        <Segmented
          label="Charged from"
          value={start}
          onChange={setStart}
          options={[
            { value: "now" as const, label: "Now" },
            ...(only?.createdAt == null ? [] : [{ value: "created" as const, label: "Its creation" }]),
            { value: "at" as const, label: "A time" },
          ]}
        />
      </div>
      {start === "at" ? (
        <TextField
          label="Time"
          unit="UTC"
          placeholder="2026-11-22 14:00"
          value={typed}
          error={typed !== "" && at === null ? "Write a time such as 2026-11-22 14:00." : null}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
      {complete && refused !== null ? (
        <p className="notice notice-danger" role="alert">
          <TriangleAlert aria-hidden />
          {refused.message}
        </p>
      ) : null}
      {complete && preview.data !== undefined && refused === null ? <Preview answer={preview.data} /> : null}
    </FormDialog>
  );
}

function incomplete(
  organization: OrganizationChoice | null,
  plan: PlanChoice | null,
  complete: boolean,
): string | null {
  if (organization === null) return "Choose an organization.";
  if (plan === null) return "Choose a plan.";
  return complete ? null : "Enter the time from which it is charged.";
}

function Preview({ answer }: { readonly answer: AssignedTogether }) {
  const first = answer.items[0];
  if (first === undefined) return null;
  const warnings = [...new Set(answer.items.flatMap((item) => item.warnings))];
  return (
    <>
      <dl className="facts" aria-label="What will be charged">
        <dt>Starts</dt>
        <dd>
          <Time at={first.starts_at} style="detail" />
        </dd>
        <dt>Rate</dt>
        <dd>
          <Rate rate={first.rate} /> an hour
          {first.monthly_rate === null ? (
            ", uncapped"
          ) : (
            <>
              , at most <Money amount={first.monthly_rate} currency="USD" /> a month
            </>
          )}
        </dd>
        <dt>Up to now</dt>
        <dd>
          <Exact amount={answer.amount} currency="USD" /> for {plural(answer.hours, "hour")}, charged by the next run
        </dd>
      </dl>
      {warnings.map((warning) => (
        <p key={warning} className="notice notice-warning">
          <TriangleAlert aria-hidden />
          {warning}
        </p>
      ))}
    </>
  );
}
