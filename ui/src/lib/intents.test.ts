import { describe, expect, it } from "vitest";
import type { Instant, IntentRow } from "../bindings/contract";
import { intentName, intentPercent, intentProgress, isOver } from "./intents";

const ROW: IntentRow = {
  id: 1,
  kind: "create",
  state: "waiting",
  account_id: 1,
  account: "Engine room",
  organization_id: 1,
  organization: "Brightwater Labs GmbH",
  server_id: null,
  container_id: null,
  label: "shop",
  plan: "Box",
  parameters: {},
  held: null,
  requested_by: null,
  requested_at: "2026-11-27T08:00:00Z" as Instant,
  sent_at: null,
  finished_at: null,
  progress: null,
  attempts: 0,
  held_by_somebody: false,
  error_code: null,
  error: null,
};

describe("what is done", () => {
  it("has a name, known or read as it is written", () => {
    expect(intentName("reset_password")).toBe("New root password");
    expect(intentName("create")).toBe("Creation");
    expect(intentName("dance")).toBe("Dance");
  });

  it("tells where it is done and how far it is", () => {
    expect(intentProgress(ROW)).toBe("It waits for a desk that holds the workspace key, or for the agent.");
    const got = { ...ROW, held_by_somebody: true, progress: 43 };
    expect([intentPercent(got), intentProgress(got)]).toEqual([43, "Its host gets the image."]);
    // Whoever got it is gone.
    expect(intentPercent({ ...ROW, progress: 43 })).toBe(null);
    expect(intentProgress({ ...ROW, state: "sending" })).toBe("It is being sent to its Docker host.");
    expect(intentProgress({ ...ROW, kind: "resize", state: "running" })).toBe("Linode is at work on it.");
    expect([isOver(ROW), isOver({ state: "undone" })]).toEqual([false, true]);
  });
});
