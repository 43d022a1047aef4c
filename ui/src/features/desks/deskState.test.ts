import { describe, expect, it } from "vitest";
import type { DeskRow, Instant } from "../../bindings/contract";
import { deskState, quoted, replaceReason, revokeReason } from "./deskState";

const desk: DeskRow = {
  login: "desk_1a2b3c4d",
  label: "Front office",
  added_at: "2026-01-01T00:00:00Z" as Instant,
  revoked_at: null,
  revoked_by: null,
  replaced_at: null,
  invited_until: null,
  accepted_at: null,
  holds_workspace_key: false,
  may_connect: true,
  is_own: false,
  last_person: null,
  last_role: null,
  last_client: null,
  last_opened_at: null,
  last_use: null,
  is_signed_in: false,
};

describe("a desk's state", () => {
  it("is told by what can still happen with it", () => {
    const revoked = "2026-02-01T00:00:00Z" as Instant;
    expect(deskState(desk).label).toBe("In use");
    expect(deskState({ ...desk, is_signed_in: true }).label).toBe("Signed in");
    expect(deskState({ ...desk, revoked_at: revoked }).label).toBe("Revoked, login open");
    expect(deskState({ ...desk, revoked_at: revoked, may_connect: false }).label).toBe("Revoked");
    expect(deskState({ ...desk, invited_until: "2999-01-01T00:00:00Z" as Instant }).label).toBe("Invited");
    expect(deskState({ ...desk, invited_until: "2001-01-01T00:00:00Z" as Instant }).label).toBe("Invitation expired");
    expect(deskState({ ...desk, invited_until: "2001-01-01T00:00:00Z" as Instant, accepted_at: revoked }).label).toBe(
      "In use",
    );
  });

  it("decides what may be done, the general reason first", () => {
    expect(revokeReason(desk, null)).toBeNull();
    expect(revokeReason({ ...desk, is_own: true }, "lost")).toBe("lost");
    expect(revokeReason({ ...desk, is_own: true }, null)).toContain("itself");
    expect(replaceReason({ ...desk, is_own: true }, null)).toContain("another desk");
  });

  it("makes one argument of a label", () => {
    expect(quoted("Ana's laptop")).toBe("'Ana'\\''s laptop'");
  });
});
