import { describe, expect, it } from "vitest";
import type { AccountRow } from "../../bindings/contract";
import { accountHealth, accountProblem, asksForGone } from "./looks";

const account: AccountRow = {
  id: 1,
  provider: "linode",
  label: "Main",
  endpoint: null,
  is_active: true,
  token: "sealed",
  username: "halyard",
  scopes: "*",
  token_checked_at: null,
  observed_at: null,
  last_sync: null,
  servers: 0,
  unassigned: 0,
  missing: 0,
  gone: 0,
  last_success_at: null,
  last_failure: null,
  rate: null,
  missing_scopes: [],
  regions_on_sale: [],
  updated_at: "2026-11-22T19:30:00Z" as AccountRow["updated_at"],
};

function ended(status: string, error: string | null): AccountRow {
  const last_sync = { id: 4, status, started_at: "2026-11-22T19:30:00Z", error_code: null, error };
  return { ...account, last_sync: last_sync as AccountRow["last_sync"] };
}

describe("how an account is", () => {
  it("is said in a word", () => {
    expect(accountHealth(account).label).toBe("Never read");
    expect(accountHealth(ended("completed", null)).label).toBe("Healthy");
    expect(accountHealth(ended("failed", "x")).tone).toBe("danger");
    expect(accountHealth({ ...account, is_active: false }).label).toBe("Off");
    expect(accountHealth(ended("a_new_word", null)).label).toBe("a_new_word");
  });

  it("names the token before the last failure", () => {
    expect(accountProblem({ ...ended("failed", "Linode is down."), token: "not_sealed" })).toContain("not sealed");
    expect(accountProblem(ended("failed", "Linode is down."))).toBe("Linode is down.");
    expect(accountProblem(ended("completed", null))).toBeNull();
    expect(accountProblem({ ...account, token: "missing", is_active: false })).toBeNull();
  });

  it("asks for a person's word only while it is on", () => {
    expect(asksForGone(ended("stopped", "Too many."))).toBe(true);
    expect(asksForGone({ ...ended("stopped", "Too many."), is_active: false })).toBe(false);
    expect(asksForGone(account)).toBe(false);
  });
});
