import { ArrowRight, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ApiError, PlanChanged, PlanChoice } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import type { AssignmentIntent, AssignmentTarget } from "../../lib/assignments";
import { plural } from "../../lib/format";
import { FormDialog } from "../../ui/FormDialog";
import { Exact, Money, Rate } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { PlanField } from "./PlanField";

type ChangePlanDialogProps = {
  readonly kind: AssignmentIntent["kind"];
  readonly target: AssignmentTarget;
  readonly onClose: () => void;
};

/** Another plan for hours that begin from now; hours that were used stay at the old rate. */
export function ChangePlanDialog({ kind, target, onClose }: ChangePlanDialogProps) {
  const [plan, setPlan] = useState<PlanChoice | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const change = useWrite("assignments.change_plan");
  const reason = useWriteReason(kind === "vps" ? "servers" : "containers");
  const request = { kind, id: target.id, plan_id: plan?.id ?? 0, seen_plan_id: target.planId };
  const preview = useRead("assignments.preview_plan", request, { enabled: plan !== null && reason === null });
  const refused = plan === null ? null : (preview.error?.error ?? null);

  const submit = () => {
    if (plan === null) return;
    setFailure(null);
    change.mutate(request, {
      onSuccess: () => {
        showToast({ title: `${target.label} is on ${plan.name}`, description: "For hours that begin from now." });
        onClose();
      },
      onError: ({ error }) => setFailure(error),
    });
  };

  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Change plan of ${target.label}`}
      description={`It is on ${target.plan ?? "no plan"}. The new rate counts for hours that begin from now.`}
      submitLabel="Change plan"
      onSubmit={submit}
      pending={change.isPending}
      dirty={plan !== null}
      disabledReason={reason ?? (plan === null ? "Choose a plan." : (refused?.message ?? null))}
      failure={failure === null ? null : { title: "The plan was not changed", error: failure }}
    >
      <PlanField kind={kind} resourceId={target.id} value={plan} onChange={setPlan} />
      {refused === null ? null : (
        <p className="notice notice-danger" role="alert">
          <TriangleAlert aria-hidden />
          {refused.message}
        </p>
      )}
      {preview.data === undefined || plan === null || refused !== null ? null : <Change answer={preview.data} />}
    </FormDialog>
  );
}

function Change({ answer }: { readonly answer: PlanChanged }) {
  return (
    <>
      <dl className="facts" aria-label="What changes">
        <dt>Rate</dt>
        <dd className="row gap-4">
          <Rate rate={answer.old_rate} />
          <ArrowRight className="icon-xs muted" aria-label="becomes" />
          <b>
            <Rate rate={answer.rate} />
          </b>
          an hour
        </dd>
        <dt>Cap of a month</dt>
        <dd className="row gap-4">
          {answer.old_monthly_rate === null ? "none" : <Money amount={answer.old_monthly_rate} currency="USD" />}
          <ArrowRight className="icon-xs muted" aria-label="becomes" />
          <b>{answer.monthly_rate === null ? "none" : <Money amount={answer.monthly_rate} currency="USD" />}</b>
        </dd>
        <dt>Up to now</dt>
        <dd>
          <Exact amount={answer.amount} currency="USD" /> for {plural(answer.hours, "hour")} not yet charged
        </dd>
      </dl>
      {answer.warnings.map((warning) => (
        <p key={warning} className="notice notice-warning">
          <TriangleAlert aria-hidden />
          {warning}
        </p>
      ))}
    </>
  );
}
