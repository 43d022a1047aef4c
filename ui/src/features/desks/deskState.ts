import { CircleCheck, CircleDashed, CircleDot, CircleX, Clock, TriangleAlert } from "lucide-react";
import type { DeskRow } from "../../bindings/contract";
import { serverNow } from "../../lib/clock";
import type { StatusLook } from "../../ui/status";

export function deskState(desk: DeskRow): StatusLook {
  if (desk.revoked_at !== null) {
    // Revoked at a desk: it can do nothing, but only the server's administrator closes the login itself.
    return desk.may_connect
      ? { label: "Revoked, login open", tone: "warning", icon: TriangleAlert }
      : { label: "Revoked", tone: "danger", icon: CircleX };
  }
  if (desk.invited_until !== null && desk.accepted_at === null) {
    return Date.parse(desk.invited_until) > serverNow()
      ? { label: "Invited", tone: "info", icon: Clock }
      : { label: "Invitation expired", tone: "neutral", icon: CircleDashed };
  }
  return desk.is_signed_in
    ? { label: "Signed in", tone: "success", icon: CircleCheck }
    : { label: "In use", tone: "neutral", icon: CircleDot };
}

export function revokeReason(desk: DeskRow, write: string | null): string | null {
  if (write !== null) return write;
  if (desk.revoked_at !== null) return "It is revoked already.";
  return desk.is_own ? "A desk can’t revoke itself. Do it from another desk." : null;
}

export function replaceReason(desk: DeskRow, invite: string | null): string | null {
  if (invite !== null) return invite;
  return desk.is_own ? "This desk would cut itself off. Do it from another desk." : null;
}

/** A label as one argument of a shell. */
export function quoted(label: string): string {
  return `'${label.replaceAll("'", "'\\''")}'`;
}
