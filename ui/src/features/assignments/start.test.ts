import { describe, expect, it } from "vitest";
import { readTime } from "./start";

describe("the time that an assignment starts at", () => {
  it("is read as UTC, with or without seconds", () => {
    expect(readTime(" 2026-11-22 14:05 ")).toBe("2026-11-22T14:05:00Z");
    expect(readTime("2026-11-22T14:05:09Z")).toBe("2026-11-22T14:05:09Z");
    expect(readTime("2026-11-22 14:05 UTC")).toBe("2026-11-22T14:05:00Z");
  });

  it("is none when no such time exists", () => {
    for (const typed of ["", "yesterday", "2026-02-30 10:00", "2026-13-01 10:00", "2026-11-22 25:00", "2026-11-22"]) {
      expect(readTime(typed), typed).toBeNull();
    }
  });
});
