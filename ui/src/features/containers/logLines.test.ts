import { describe, expect, it } from "vitest";
import type { Instant, LogLine } from "../../bindings/contract";
import { appended, logText, matching, parts } from "./logLines";

const said = (text: string): LogLine => ({ at: "2026-11-27T01:02:03Z" as Instant, is_error: false, text, cut: false });

describe("a log", () => {
  it("numbers lines through and drops the oldest", () => {
    const one = appended([], [said("a"), said("b")]);
    expect(appended(one, [said("c")]).map((line) => line.number)).toEqual([1, 2, 3]);
    const many = appended(
      one,
      Array.from({ length: 6_000 }, (_, index) => said(String(index))),
    );
    expect(many).toHaveLength(5_000);
    expect(many.at(-1)?.number).toBe(6_002);
  });

  it("finds and marks what is searched for, whatever its case", () => {
    const lines = appended([], [said("GET /a"), said("post /b")]);
    expect(matching(lines, " POST ").map((line) => line.text)).toEqual(["post /b"]);
    expect(parts("a GET get", "get")).toEqual([
      { at: 0, text: "a ", found: false },
      { at: 2, text: "GET", found: true },
      { at: 5, text: " ", found: false },
      { at: 6, text: "get", found: true },
    ]);
    expect(parts("", "x")).toEqual([{ at: 0, text: "", found: false }]);
  });

  it("copies times with lines", () => {
    expect(logText(appended([], [said("x")]))).toBe("2026-11-27T01:02:03Z x");
  });
});
