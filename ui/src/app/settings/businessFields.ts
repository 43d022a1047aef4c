import type { SettingKey } from "../../bindings/contract";

export type BusinessField = {
  readonly key: SettingKey;
  readonly label: string;
  /** What it does, and what follows from another value. */
  readonly help: string;
  readonly kind: "number" | "money" | "text" | "long" | "choice";
  readonly unit?: string;
  readonly options?: ReadonlyArray<{ readonly value: string; readonly label: string; readonly hint?: string }>;
};

export type BusinessGroup = { readonly title: string; readonly fields: ReadonlyArray<BusinessField> };

export const BUSINESS_GROUPS: ReadonlyArray<BusinessGroup> = [
  {
    title: "Billing",
    fields: [
      {
        key: "currency",
        label: "Currency",
        kind: "text",
        help: "The panel’s one currency. Only wallets in it are charged and summed; others are listed as skipped.",
      },
      {
        key: "billing_schedule",
        label: "Schedule",
        kind: "choice",
        options: [
          { value: "hourly", label: "Every hour", hint: "A charge per organization and hour" },
          { value: "daily", label: "Once a day", hint: "Fewer transactions; the sums are the same" },
        ],
        help: "How often the agent charges what was used. Any schedule adds up to the same, to the fraction of a cent.",
      },
      {
        key: "second_person_above",
        label: "Second person above",
        kind: "money",
        help: "A refund or adjustment of more than this waits until another person approves it. Zero: every one waits.",
      },
    ],
  },
  {
    title: "Empty wallets",
    fields: [
      {
        key: "low_mark_days",
        label: "Low mark",
        kind: "number",
        unit: "days of use",
        help: "A customer is told once when the wallet holds less than this many days of their use. 0 to 365; 0 tells nobody.",
      },
      {
        key: "grace_hours",
        label: "Time of grace",
        kind: "number",
        unit: "h",
        help: "What a wallet didn’t cover, and an invoice that isn’t paid, is overdue after this. 0 to 8,760 hours.",
      },
      {
        key: "grace_action",
        label: "After the grace",
        kind: "choice",
        options: [
          { value: "nothing", label: "Nothing", hint: "A person decides" },
          { value: "shutdown", label: "Shut down", hint: "Servers and containers are turned off, and stay billed" },
        ],
        help: "Nothing is ever deleted without a person.",
      },
    ],
  },
  {
    title: "Sessions",
    fields: [
      {
        key: "idle_minutes",
        label: "Idle time",
        kind: "number",
        unit: "min",
        help: "A desk is signed out after this long without a key or a click. 1 to 1,440 minutes. It holds at once, on every desk.",
      },
      {
        key: "session_hours",
        label: "Longest session",
        kind: "number",
        unit: "h",
        help: "And after this long in any case. 1 to 168 hours. It holds from the next sign-in.",
      },
    ],
  },
  {
    title: "Seller",
    fields: [
      {
        key: "seller_name",
        label: "Name",
        kind: "text",
        help: "Who invoices are from. Invoices that were issued stay as they are.",
      },
      { key: "seller_address", label: "Address", kind: "long", help: "Stands under the name on every invoice." },
      {
        key: "invoice_terms",
        label: "Terms",
        kind: "long",
        help: "Stands at the end of every invoice: when and how to pay, whom to ask.",
      },
    ],
  },
];

export const BUSINESS_FIELDS: ReadonlyArray<BusinessField> = BUSINESS_GROUPS.flatMap((group) => group.fields);

/** A value as it reads in a sentence. */
export function readable(field: BusinessField, value: string): string {
  if (value === "") return "nothing";
  const option = field.options?.find((each) => each.value === value);
  if (option !== undefined) return option.label;
  return field.unit === undefined ? value : `${value} ${field.unit}`;
}
