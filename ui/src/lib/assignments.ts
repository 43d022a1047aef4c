import { CircleDollarSign, Link2, Undo2 } from "lucide-react";
import type { Instant, ResourceKind } from "../bindings/contract";
import type { MenuEntry } from "../ui/Menu";

/** A server or container that a person wants to assign, as the list shows it. */
export type AssignmentTarget = {
  id: number;
  label: string;
  createdAt: Instant | null;
  planId: number | null;
  plan: string | null;
  organization: string | null;
};

/** What a person wants to do about whose something is. */
export type AssignmentIntent = {
  action: "assign" | "plan" | "release";
  kind: ResourceKind;
  targets: ReadonlyArray<AssignmentTarget>;
};

export type AssignmentDialogProps = { readonly intent: AssignmentIntent; readonly onClose: () => void };

export const NOUNS: Readonly<Record<ResourceKind, { one: string; many: string }>> = {
  vps: { one: "server", many: "servers" },
  container: { one: "container", many: "containers" },
};

/** The entries of a row's menu about whose it is. */
export function assignmentEntries(
  kind: ResourceKind,
  target: AssignmentTarget,
  /** Why this person may not. */
  reason: string | null,
  open: (intent: AssignmentIntent) => void,
): Array<MenuEntry> {
  const nobodys = target.organization === null ? "It is assigned to nobody." : null;
  const entry = (action: AssignmentIntent["action"]) => () => open({ action, kind, targets: [target] });
  return [
    { kind: "item", label: "Assign\u2026", icon: Link2, disabledReason: reason, onSelect: entry("assign") },
    {
      kind: "item",
      label: "Change plan\u2026",
      icon: CircleDollarSign,
      disabledReason: reason ?? nobodys,
      onSelect: entry("plan"),
    },
    {
      kind: "item",
      label: "Undo assignment\u2026",
      icon: Undo2,
      disabledReason: reason ?? nobodys,
      onSelect: entry("release"),
    },
  ];
}
