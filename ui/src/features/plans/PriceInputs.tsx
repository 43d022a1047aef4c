import { useDeferredValue } from "react";
import type { PriceAnswer } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { formatRate } from "../../lib/format";
import { Switch } from "../../ui/Switch";
import { NumberField } from "../../ui/TextField";
import { type PriceForm, priceFields } from "./price";

type PriceInputsProps = {
  readonly form: PriceForm;
  readonly onChange: (form: PriceForm) => void;
  /** A field that the program refused when it was sent. */
  readonly refused: { readonly field: string | null; readonly message: string } | null;
};

/** What the price comes to is asked of the program while it is typed: nothing is calculated here. */
export function usePrice(form: PriceForm): {
  answer: PriceAnswer | undefined;
  problem: { field: string | null; message: string } | null;
} {
  const fields = useDeferredValue(priceFields(form));
  const read = useRead("plans.price", fields, { keepPrevious: true });
  return { answer: read.error === null ? read.data : undefined, problem: read.error?.error ?? null };
}

export function PriceInputs({ form, onChange, refused }: PriceInputsProps) {
  const { answer, problem } = usePrice(form);
  const wrong = problem ?? refused;
  const error = (field: string) => (wrong?.field === field ? wrong.message : null);
  const set = (change: Partial<PriceForm>) => onChange({ ...form, ...change });
  return (
    <>
      <div className="form-row">
        <NumberField
          label="Cost per hour"
          unit="USD"
          placeholder="0.0180"
          help="What the provider takes."
          value={form.base_cost}
          error={error("base_cost")}
          onChange={(event) => set({ base_cost: event.currentTarget.value })}
        />
        <NumberField
          label="Markup"
          unit="%"
          placeholder="0"
          value={form.markup}
          error={error("markup")}
          onChange={(event) => set({ markup: event.currentTarget.value })}
        />
      </div>
      <Switch
        label="Set the rate by hand"
        help="Otherwise it is the cost with the markup, rounded half up to four decimals."
        checked={form.by_hand}
        onChange={(by_hand) => set({ by_hand, hourly_rate: form.hourly_rate || (answer?.rate ?? "") })}
      />
      <div className="form-row">
        {form.by_hand ? (
          <NumberField
            label="Rate per hour"
            unit="USD"
            placeholder="0.0216"
            value={form.hourly_rate}
            error={error("hourly_rate")}
            onChange={(event) => set({ hourly_rate: event.currentTarget.value })}
          />
        ) : (
          <div className="field">
            <span className="field-label">Rate per hour</span>
            <output className="num bold plan-rate" aria-live="polite">
              {answer === undefined ? "\u2013" : answer.rate === null ? "No rate" : formatRate(answer.rate)}
            </output>
          </div>
        )}
        <NumberField
          label="Cap per month"
          optional
          unit="USD"
          placeholder="Uncapped"
          help="0 is free."
          value={form.monthly_rate}
          error={error("monthly_rate")}
          onChange={(event) => set({ monthly_rate: event.currentTarget.value })}
        />
      </div>
    </>
  );
}
