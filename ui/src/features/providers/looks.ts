import { CircleCheck, CircleHelp, CircleMinus, CirclePause, CircleX, Loader, TriangleAlert } from "lucide-react";
import type { AccountRow, TokenState } from "../../bindings/contract";
import type { StatusLook } from "../../ui/status";

const SYNC_STATUS: Readonly<Record<string, StatusLook>> = {
  running: { label: "Reading", tone: "info", icon: Loader },
  completed: { label: "Completed", tone: "success", icon: CircleCheck },
  partial: { label: "Partial", tone: "warning", icon: TriangleAlert },
  stopped: { label: "Asks", tone: "warning", icon: CirclePause },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
  cancelled: { label: "Cancelled", tone: "neutral", icon: CircleMinus },
};

export const SYNC_STATUSES = Object.entries(SYNC_STATUS).map(([value, look]) => ({ value, label: look.label }));

export function syncStatus(raw: string): StatusLook {
  return SYNC_STATUS[raw] ?? { label: raw, tone: "neutral", icon: CircleHelp };
}

const TOKEN_PROBLEM: Readonly<Record<TokenState, string | null>> = {
  sealed: null,
  sealed_before: "Its token was sealed with a workspace key that was lost. Replace the token.",
  not_sealed:
    "Its token was written by another program and is not sealed. Replace the token, and revoke the old one at the provider.",
  missing: "It has no token. Give it one with Replace token.",
};

/** What is wrong with an account, as a sentence; null when nothing is. */
export function accountProblem(row: AccountRow): string | null {
  if (!row.is_active) return null;
  return TOKEN_PROBLEM[row.token] ?? row.last_sync?.error ?? null;
}

/** How an account is, in a word. */
export function accountHealth(row: AccountRow): StatusLook {
  if (!row.is_active) return { label: "Off", tone: "neutral", icon: CircleMinus };
  if (TOKEN_PROBLEM[row.token] !== null) return { label: "No token", tone: "warning", icon: TriangleAlert };
  if (row.last_sync === null) return { label: "Never read", tone: "neutral", icon: CircleHelp };
  return row.last_sync.status === "completed"
    ? { label: "Healthy", tone: "success", icon: CircleCheck }
    : syncStatus(row.last_sync.status);
}

/** Whether the account waits for a person's word that many servers are gone. */
export function asksForGone(row: AccountRow): boolean {
  return row.is_active && row.last_sync?.status === "stopped";
}
