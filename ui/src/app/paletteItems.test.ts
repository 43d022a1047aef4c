import { Inbox } from "lucide-react";
import { beforeEach, describe, expect, it } from "vitest";
import { type PaletteItem, rank, rankItems, readRecent, rememberRecent } from "./paletteItems";

function item(title: string, words = ""): PaletteItem {
  return { id: title, title, subtitle: "", icon: Inbox, words, run: () => undefined };
}

describe("ranking", () => {
  it("prefers beginnings to words' beginnings to what is inside", () => {
    expect(rank("Settings", "set")).toBeGreaterThan(rank("Go to settings", "set"));
    expect(rank("Go to settings", "set")).toBeGreaterThan(rank("Assets", "set"));
    expect(rank("Assets", "set")).toBeGreaterThan(rank("Sign out elsewhere today", "set"));
    expect(rank("Tickets", "xyz")).toBe(0);
  });

  it("finds a command by its other words too", () => {
    const found = rankItems([item("Use dark colours", "theme mode"), item("Sign out", "leave")], "theme");
    expect(found.map((each) => each.title)).toEqual(["Use dark colours"]);
  });
});

describe("recent things", () => {
  beforeEach(() => localStorage.clear());

  it("are the last ones, each once, per person and connection", () => {
    for (let id = 1; id <= 8; id += 1) rememberRecent("p1.1", { kind: "ticket", id, title: `T${id}`, subtitle: "" });
    rememberRecent("p1.1", { kind: "ticket", id: 5, title: "T5", subtitle: "" });
    expect(readRecent("p1.1").map((hit) => hit.id)).toEqual([5, 8, 7, 6, 4, 3]);
    expect(readRecent("p1.2")).toEqual([]);
  });

  it("are dropped when the store holds something else", () => {
    localStorage.setItem("containerstacks.recent.p1.1", '[{"kind":"constructor","id":1,"title":"x","subtitle":""},7]');
    expect(readRecent("p1.1")).toEqual([]);
  });
});
