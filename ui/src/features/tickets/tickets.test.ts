import { describe, expect, it } from "vitest";
import type { Action, Instant, TicketMessage } from "../../bindings/contract";
import { unseenMessages } from "./Composer";
import { moveName, refusal } from "./ticketActions";
import { validateTicketSearch } from "./ticketSearch";

function message(id: number, author_id: number): TicketMessage {
  return {
    id,
    author_id,
    author: "Somebody",
    from: "staff",
    internal: false,
    text: "",
    attachments: [],
    created_at: "2026-11-22T19:00:00Z" as Instant,
  };
}

describe("the URL", () => {
  it("keeps what it understands", () => {
    expect(validateTicketSearch({ queue: "open", id: "12", q: "disk", priority: "urgent", create: "true" })).toEqual({
      queue: "open",
      id: 12,
      q: "disk",
      priority: "urgent",
      create: true,
    });
  });

  it("drops the rest", () => {
    expect(validateTicketSearch({ queue: "toString", id: "-1", q: "  ", priority: 3, create: 1, other: "x" })).toEqual(
      {},
    );
  });
});

describe("what the writer has not seen", () => {
  const thread = [message(0, 9), message(41, 9), message(42, 1), message(43, 2)];

  it("is others' messages since the draft was begun", () => {
    const unseen = unseenMessages(thread, { text: "Hi", seen: 40, savedAt: null }, 1);
    expect(unseen.map((each) => each.id)).toEqual([41, 43]);
  });

  it("is nothing while nothing is written", () => {
    expect(unseenMessages(thread, { text: "", seen: 0, savedAt: null }, 1)).toEqual([]);
  });
});

describe("what may be done", () => {
  const actions: ReadonlyArray<Action> = [
    { name: "resolve", allowed: true, reason: null },
    { name: "reopen", allowed: false, reason: "This ticket is open already." },
  ];

  it("comes from the program, with its reason", () => {
    expect(refusal(actions, "resolve")).toBeNull();
    expect(refusal(actions, "reopen")).toBe("This ticket is open already.");
  });

  it("names the move between two statuses", () => {
    expect(moveName("open", "in_progress")).toBe("start");
    expect(moveName("in_progress", "open")).toBe("release");
    expect(moveName("closed", "open")).toBe("reopen");
    expect(moveName("open", "resolved")).toBe("resolve");
    expect(moveName("resolved", "closed")).toBe("close");
  });
});
