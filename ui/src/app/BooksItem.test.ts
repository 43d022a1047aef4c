import { describe, expect, it } from "vitest";
import type { Instant, ProofRow } from "../bindings/contract";
import { booksText } from "./BooksItem";

const NOW = Date.parse("2026-11-26T09:30:00Z");

function proof(ok: boolean, breaches = 0): ProofRow {
  return {
    id: 1,
    scope: "incremental",
    proven_at: "2026-11-26T08:00:00Z" as Instant,
    confirmed_at: "2026-11-26T09:12:00Z" as Instant,
    proven_by: null,
    ok,
    checked: {},
    breach_count: breaches,
    breaches: [],
    duration_ms: 12,
  };
}

describe("what the status bar says of the books", () => {
  it("says when nothing was wrong last, and how much is wrong", () => {
    expect(booksText(null, NOW)).toBe("Books not proven yet");
    expect(booksText(proof(true), NOW)).toBe("Books proven at 09:12");
    expect(booksText(proof(false, 1), NOW)).toBe("Books: 1 breach");
    expect(booksText(proof(false, 3), NOW)).toBe("Books: 3 breaches");
  });
});
