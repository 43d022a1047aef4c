import type { PlanRow, PriceFields } from "../../bindings/contract";

/** A price as the form holds it: text as typed, and whether the rate is set by hand. */
export type PriceForm = {
  base_cost: string;
  markup: string;
  by_hand: boolean;
  hourly_rate: string;
  monthly_rate: string;
};

export const NO_PRICE: PriceForm = { base_cost: "", markup: "20", by_hand: false, hourly_rate: "", monthly_rate: "" };

/** What is sent: a rate only where it is set by hand, else it follows from cost and markup, in the program. */
export function priceFields(form: PriceForm): PriceFields {
  return {
    base_cost: form.base_cost.trim(),
    markup: form.markup.trim(),
    hourly_rate: form.by_hand ? form.hourly_rate.trim() : "",
    monthly_rate: form.monthly_rate.trim(),
  };
}

/** A plan's price as a form begins with it. */
export function priceForm(plan: PlanRow): PriceForm {
  return {
    base_cost: plan.base_cost ?? "",
    markup: plan.markup ?? "",
    by_hand: plan.rate_by_hand === true,
    hourly_rate: plan.rate_by_hand === true ? (plan.rate ?? "") : "",
    monthly_rate: plan.monthly_rate ?? "",
  };
}

/** Words that a person separates by blanks, commas or lines. */
export function words(typed: string): Array<string> {
  return typed.split(/[\s,]+/).filter((word) => word !== "");
}
