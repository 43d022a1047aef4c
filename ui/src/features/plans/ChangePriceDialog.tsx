import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ApiError, PlanRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { NOUNS } from "../../lib/assignments";
import { plural } from "../../lib/format";
import { FormDialog } from "../../ui/FormDialog";
import { Money, Rate } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { PriceInputs, usePrice } from "./PriceInputs";
import { type PriceForm, priceFields, priceForm } from "./price";

/** Another price for hours that begin from now: old and new side by side, with how many it concerns. */
export function ChangePriceDialog({ plan, onClose }: { readonly plan: PlanRow; readonly onClose: () => void }) {
  const [price, setPrice] = useState<PriceForm>(() => priceForm(plan));
  const [changed, setChanged] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const change = useWrite("plans.change_price");
  const reason = useWriteReason("plans");
  const { answer, problem } = usePrice(price);
  const noun = NOUNS[plan.kind];
  const affected = plural(plan.resources, noun.one, noun.many);

  const submit = () => {
    setFailure(null);
    change.mutate(
      { kind: plan.kind, id: plan.id, price: priceFields(price), expected_updated_at: plan.updated_at },
      {
        onSuccess: (done) => {
          showToast({
            title: `Price of ${plan.name} changed`,
            description: `For hours that begin from now; ${plural(done.affected, noun.one, noun.many)} on it.`,
          });
          onClose();
        },
        onError: ({ error }) => setFailure(error),
      },
    );
  };

  const noRate = answer !== undefined && answer.rate === null ? "A price can’t be taken away." : null;
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Change price of ${plan.name}`}
      description="Hours that were used cost what they did; the new price is for hours that begin from now."
      submitLabel="Change price"
      onSubmit={submit}
      pending={change.isPending}
      dirty={changed}
      disabledReason={reason ?? problem?.message ?? noRate ?? (changed ? null : "Nothing is changed yet.")}
      failure={
        failure === null || failure.field !== null ? null : { title: "The price was not changed", error: failure }
      }
    >
      <PriceInputs
        form={price}
        onChange={(next) => {
          setChanged(true);
          setFailure(null);
          setPrice(next);
        }}
        refused={failure}
      />
      {answer === undefined ? null : (
        <dl className="facts" aria-label="What changes">
          <dt>Rate</dt>
          <dd>
            <OldNew old={<Rate rate={plan.rate} />} now={<Rate rate={answer.rate} />} />
          </dd>
          <dt>Cap per month</dt>
          <dd>
            <OldNew
              old={plan.monthly_rate === null ? "Uncapped" : <Money amount={plan.monthly_rate} currency="USD" />}
              now={answer.monthly_rate === null ? "Uncapped" : <Money amount={answer.monthly_rate} currency="USD" />}
            />
          </dd>
          <dt>Concerns</dt>
          <dd>{affected} that somebody pays for</dd>
        </dl>
      )}
    </FormDialog>
  );
}

export function OldNew({ old, now }: { readonly old: ReactNode; readonly now: ReactNode }) {
  return (
    <span className="row gap-4">
      {old}
      <ArrowRight className="icon-xs muted" aria-label="becomes" />
      <b>{now}</b>
    </span>
  );
}
