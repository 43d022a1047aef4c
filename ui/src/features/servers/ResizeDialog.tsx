import { ArrowRight, TriangleAlert } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { PlanChoice, ServerAct, ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatMoney, formatRate } from "../../lib/format";
import { Combobox } from "../../ui/Combobox";
import { FormDialog } from "../../ui/FormDialog";
import { Switch } from "../../ui/Switch";
import { Money, Rate } from "../../ui/Text";
import { useAct, useActPreview } from "./useAct";

type ResizeDialogProps = {
  readonly detail: ServerDetail;
  readonly target: { readonly id: number; readonly name: string };
  readonly onClose: () => void;
};

/** Another plan at the provider and for what it costs, from the hour after it is done. Mounted while it is open. */
export function ResizeDialog({ detail, target, onClose }: ResizeDialogProps) {
  const [plan, setPlan] = useState<PlanChoice | null>(null);
  const [warm, setWarm] = useState(true);
  const [disk, setDisk] = useState(false);
  const [query, setQuery] = useState("");
  const search = useDeferredValue(query.trim());
  const found = useRead("plans.choices", { kind: "vps", resource_id: target.id, search }, { keepPrevious: true });
  const choices = found.data?.choices ?? [];
  const { key, send, pending, failure } = useAct(target, onClose);
  const act: ServerAct | null = plan === null ? null : { kind: "resize", plan_id: plan.id, warm, resize_disk: disk };
  const preview = useActPreview(target.id, act, key);
  const refused = plan === null ? null : (preview.error?.error ?? null);
  const before = detail.plan;
  const currency = detail.wallet?.currency ?? "USD";
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Resize ${target.name}`}
      description={`It is on ${before?.name ?? "no plan"}. The new price counts from the hour after Linode has moved it.`}
      submitLabel={`Resize ${target.name}`}
      onSubmit={() => {
        if (act !== null) send(act);
      }}
      pending={pending}
      dirty={plan !== null}
      disabledReason={
        plan === null
          ? "Choose a plan."
          : (refused?.message ?? (preview.data === undefined ? "What it costs is being asked." : null))
      }
      failure={failure === null ? null : { title: "Nothing was asked for", error: failure }}
    >
      <Combobox
        label="Plan"
        placeholder="Name or type"
        value={plan === null ? null : option(plan)}
        onChange={(chosen) => setPlan(choices.find((each) => each.id === chosen?.id) ?? null)}
        options={choices.filter((each) => each.id !== before?.id).map(option)}
        onQuery={setQuery}
        searching={found.isFetching}
        emptyText="No active plan with a price matches."
        error={found.error?.error.message}
        help={plan?.misfit ?? undefined}
      />
      <Switch
        label="Keep it running while it is copied"
        help="Linode restarts it once at the end; off, it is shut down before."
        checked={warm}
        onChange={setWarm}
      />
      <Switch
        label="Let its disk grow with the plan"
        help="Only where it has a single disk of its system; a larger disk can’t go back to a smaller plan."
        checked={disk}
        onChange={setDisk}
      />
      {refused === null ? null : (
        <p className="notice notice-danger" role="alert">
          <TriangleAlert aria-hidden />
          {refused.message}
        </p>
      )}
      {preview.data === undefined || refused !== null ? null : (
        <dl className="facts" aria-label="What changes">
          <dt>Rate</dt>
          <dd className="row gap-4 end">
            <Rate rate={before?.rate ?? null} currency={currency} />
            <ArrowRight className="icon-xs muted" aria-label="becomes" />
            <b>
              <Rate rate={preview.data.rate} currency={currency} />
            </b>
            an hour
          </dd>
          <dt>Cap of a month</dt>
          <dd className="row gap-4 end">
            <Cap amount={before?.monthly_rate ?? null} currency={currency} />
            <ArrowRight className="icon-xs muted" aria-label="becomes" />
            <b>
              <Cap amount={preview.data.monthly_rate} currency={currency} />
            </b>
          </dd>
          <dt>Held of the wallet meanwhile</dt>
          <dd>
            <Money amount={preview.data.held} currency={currency} />
          </dd>
        </dl>
      )}
    </FormDialog>
  );
}

function Cap({ amount, currency }: { readonly amount: PlanChoice["monthly_rate"]; readonly currency: string }) {
  return amount === null ? "none" : <Money amount={amount} currency={currency} />;
}

function option(plan: PlanChoice) {
  const cap = plan.monthly_rate === null ? "uncapped" : `${formatMoney(plan.monthly_rate, "USD")} a month at most`;
  return { id: plan.id, label: plan.name, hint: `${formatRate(plan.rate)}, ${cap}` };
}
