import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setTransport, type Transport } from "../../ipc/call";
import { type DraftKey, readDraft, writeDraft } from "./drafts";
import { peekOutgoing, SEND_DELAY_MS, sendLater, sendNow, undoSend } from "./outbox";

const DRAFT: DraftKey = { owner: "p1.1", ticket: 7, mode: "reply" };
const LETTER = { draft: DRAFT, ticketName: "TKT-7", text: "On it.", seen: 40, setStatus: null };

function error(code: string) {
  return { code, message: "No.", field: null, retry_after_ms: null, request_id: "r" };
}

describe("sending", () => {
  const transport = vi.fn<Transport>();
  const onTrouble = vi.fn();
  const client = new QueryClient();

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    transport.mockReset();
    onTrouble.mockReset();
    setTransport(transport);
    writeDraft(DRAFT, "On it.", 40);
  });

  afterEach(() => {
    undoSend(DRAFT);
    setTransport(null);
    vi.useRealTimers();
  });

  it("waits before it sends, then clears the draft", async () => {
    transport.mockResolvedValue({ message: {}, detail: { ticket: { id: 7 } } });
    sendLater(client, LETTER, onTrouble);
    await vi.advanceTimersByTimeAsync(SEND_DELAY_MS - 1);
    expect(transport).not.toHaveBeenCalled();
    expect(readDraft(DRAFT).text).toBe("On it.");
    await vi.advanceTimersByTimeAsync(1);
    expect(transport).toHaveBeenCalledWith(
      "tickets.reply",
      expect.objectContaining({ text: "On it.", seen_message_id: 40 }),
    );
    expect(readDraft(DRAFT).text).toBe("");
    expect(peekOutgoing(DRAFT)).toBeNull();
    expect(client.getQueryData(["tickets.get", { id: 7 }])).toEqual({ ticket: { id: 7 } });
  });

  it("sends a reply behind one's own note, which is no news to oneself", async () => {
    const note = { ...LETTER, draft: { ...DRAFT, mode: "note" as const }, text: "For us." };
    transport.mockImplementation((command) =>
      Promise.resolve({ message: { id: command === "tickets.note" ? 41 : 42 }, detail: { ticket: { id: 7 } } }),
    );
    sendLater(client, note, onTrouble);
    await vi.advanceTimersByTimeAsync(1_000);
    sendLater(client, LETTER, onTrouble);
    await vi.advanceTimersByTimeAsync(SEND_DELAY_MS);
    expect(transport.mock.calls.map(([command, payload]) => [command, payload])).toEqual([
      ["tickets.note", expect.objectContaining({ seen_message_id: 40 })],
      ["tickets.reply", expect.objectContaining({ seen_message_id: 41 })],
    ]);
  });

  it("sends nothing after Undo, and keeps the text", async () => {
    sendLater(client, LETTER, onTrouble);
    undoSend(DRAFT);
    await vi.advanceTimersByTimeAsync(SEND_DELAY_MS * 2);
    expect(transport).not.toHaveBeenCalled();
    expect(readDraft(DRAFT).text).toBe("On it.");
  });

  it("is held back when the conversation has moved on, and goes with what has been seen since", async () => {
    transport.mockRejectedValueOnce(error("conversation_moved"));
    sendLater(client, LETTER, onTrouble);
    await vi.advanceTimersByTimeAsync(SEND_DELAY_MS);
    expect(peekOutgoing(DRAFT)?.state).toBe("held");
    expect(onTrouble).toHaveBeenCalledOnce();
    expect(readDraft(DRAFT).text).toBe("On it.");
    transport.mockResolvedValueOnce({ message: {}, detail: {} });
    sendNow(client, DRAFT, onTrouble, 41);
    await vi.advanceTimersByTimeAsync(0);
    expect(transport).toHaveBeenLastCalledWith("tickets.reply", expect.objectContaining({ seen_message_id: 41 }));
    expect(peekOutgoing(DRAFT)).toBeNull();
  });

  it("tries again under the same key after a failure, so that nothing is written twice", async () => {
    transport.mockRejectedValueOnce(error("timeout")).mockResolvedValueOnce({ message: {}, detail: {} });
    sendLater(client, LETTER, onTrouble);
    await vi.advanceTimersByTimeAsync(SEND_DELAY_MS);
    expect(peekOutgoing(DRAFT)?.state).toBe("failed");
    sendNow(client, DRAFT, onTrouble);
    await vi.advanceTimersByTimeAsync(0);
    const keys = transport.mock.calls.filter(([name]) => name === "tickets.reply").map(([, payload]) => payload);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toEqual(keys[1]);
  });
});

describe("drafts", () => {
  it("are kept per mode, and survive in the store", () => {
    vi.useFakeTimers();
    const note: DraftKey = { ...DRAFT, mode: "note", ticket: 8 };
    const reply: DraftKey = { ...DRAFT, ticket: 8 };
    writeDraft(note, "Ask Tomas first", 1);
    writeDraft(reply, "Dear customer", 1);
    vi.advanceTimersByTime(1_000);
    expect(readDraft(note).text).toBe("Ask Tomas first");
    expect(readDraft(reply).text).toBe("Dear customer");
    expect(localStorage.getItem("containerstacks.draft.p1.1.8.note")).toContain("Ask Tomas first");
    vi.useRealTimers();
  });
});
