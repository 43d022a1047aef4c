import { ArrowLeftRight, CircleDollarSign, CirclePower, Ghost, MapPin, Network, Trash2 } from "lucide-react";
import type { DriftItem, DriftKind, Remedy } from "../../bindings/contract";
import type { StatusLook } from "../../ui/status";

/** Short, for a list. */
export const DRIFT_KIND: Readonly<Record<DriftKind, StatusLook>> = {
  unbilled: { label: "Billed to nobody", tone: "danger", icon: CircleDollarSign },
  overcharged: { label: "Not at the provider", tone: "danger", icon: Ghost },
  deleted_here: { label: "Deleted here only", tone: "danger", icon: Trash2 },
  plan: { label: "Other type", tone: "warning", icon: ArrowLeftRight },
  status: { label: "Other state", tone: "warning", icon: CirclePower },
  region: { label: "Other region", tone: "info", icon: MapPin },
  address: { label: "Other address", tone: "info", icon: Network },
};

/** What it means, in a sentence. */
export const DRIFT_MEANING: Readonly<Record<DriftKind, string>> = {
  unbilled: "The provider has it and we pay for it; nobody pays us.",
  overcharged: "Somebody pays for it, and the provider doesn’t have it.",
  deleted_here: "It was deleted here, and the provider still has it and is paid for it.",
  plan: "It is of another type at the provider than its plan sells.",
  status: "It is not in the state that was last asked for.",
  region: "It is in another region than its row says.",
  address: "Its address is not one that the provider has given it.",
};

export const KINDS: ReadonlyArray<DriftKind> = [
  "unbilled",
  "overcharged",
  "deleted_here",
  "plan",
  "status",
  "region",
  "address",
];

type RemedyWords = { readonly label: string; readonly what: string; readonly danger: boolean };

/** What a button says, and what it does. */
export const REMEDY: Readonly<Record<Remedy, RemedyWords>> = {
  assign: { label: "Assign", what: "Give it to an organization on a plan.", danger: false },
  delete: { label: "Delete at provider", what: "End it there, with its backups.", danger: true },
  end_assignment: { label: "End assignment", what: "Nobody is charged for it from here on.", danger: true },
  change_plan: { label: "Change plan", what: "Charge for what is there.", danger: false },
  resize: { label: "Resize at provider", what: "Make it what its plan sells; it is off meanwhile.", danger: true },
  boot: { label: "Start", what: "Have the provider start it.", danger: false },
  shutdown: { label: "Shut down", what: "Have the provider shut it down.", danger: true },
  take_over: { label: "Take over", what: "Write down what the provider says.", danger: false },
};

/** Whose money is at stake. */
export function worthNote(row: Pick<DriftItem, "is_cost" | "kind">): string {
  if (row.kind === "region" || row.kind === "address") return "No money is at stake";
  if (row.is_cost) return "What it costs us in a month";
  if (row.kind === "plan") return "The difference between the plans in a month";
  return "What the customer pays for it in a month";
}
