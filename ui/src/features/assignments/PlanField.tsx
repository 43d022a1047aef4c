import { useDeferredValue, useState } from "react";
import type { PlanChoice, ResourceKind } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatMoney, formatRate } from "../../lib/format";
import { Combobox } from "../../ui/Combobox";

type PlanFieldProps = {
  readonly kind: ResourceKind;
  /** The one that it is for; the plans that fit it come first. Null for several. */
  readonly resourceId: number | null;
  readonly value: PlanChoice | null;
  readonly onChange: (plan: PlanChoice | null) => void;
};

/** Chooses among the plans that are sold and have a price. */
export function PlanField({ kind, resourceId, value, onChange }: PlanFieldProps) {
  const [query, setQuery] = useState("");
  const search = useDeferredValue(query.trim());
  const found = useRead("plans.choices", { kind, resource_id: resourceId, search }, { keepPrevious: true });
  const choices = found.data?.choices ?? [];
  return (
    <Combobox
      label="Plan"
      placeholder="Name or type"
      value={value === null ? null : option(value)}
      onChange={(chosen) => onChange(choices.find((plan) => plan.id === chosen?.id) ?? null)}
      options={choices.map(option)}
      onQuery={setQuery}
      searching={found.isFetching}
      emptyText="No active plan with a price matches."
      error={found.error?.error.message}
      help={value?.misfit ?? undefined}
    />
  );
}

function option(plan: PlanChoice) {
  const cap = plan.monthly_rate === null ? "uncapped" : `${formatMoney(plan.monthly_rate, "USD")} a month at most`;
  return { id: plan.id, label: plan.name, hint: `${formatRate(plan.rate)}, ${cap}` };
}
