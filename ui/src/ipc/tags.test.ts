import { describe, expect, it } from "vitest";
import { COMMAND_TAGS, type CommandName } from "../bindings/contract";
import { changesSession, madeStaleBy, tagsOfKey } from "./tags";

const names = Object.keys(COMMAND_TAGS) as Array<CommandName>;
const reads = names.filter((name) => COMMAND_TAGS[name].kind === "read");
const writes = names.filter((name) => COMMAND_TAGS[name].kind === "write");

describe("what a change makes stale", () => {
  it("is every cached read that shares a tag with it, and nothing else", () => {
    for (const write of writes) {
      const stale = madeStaleBy(write);
      for (const read of reads) {
        const shares = COMMAND_TAGS[read].tags.some((tag) => COMMAND_TAGS[write].tags.includes(tag));
        expect(stale({ queryKey: [read, {}] }), `${write} and ${read}`).toBe(shares);
      }
    }
  });

  it("holds for lists read window by window", () => {
    expect(madeStaleBy("tickets.update")({ queryKey: ["tickets.list", "pages", {}] })).toBe(true);
  });

  it("reaches a wallet's organization and leaves the theme alone", () => {
    const stale = madeStaleBy("transactions.deposit");
    expect(stale({ queryKey: ["organizations.get", { id: 1 }] })).toBe(true);
    expect(stale({ queryKey: ["themes.active", {}] })).toBe(false);
  });

  it("ignores keys that are no command's", () => {
    expect(tagsOfKey(["something", 1])).toEqual([]);
    expect(tagsOfKey(["toString"])).toEqual([]);
    expect(tagsOfKey([])).toEqual([]);
  });
});

it("everything is read anew when somebody signs in or out", () => {
  expect(changesSession("session.sign_in")).toBe(true);
  expect(changesSession("session.sign_out")).toBe(true);
  expect(changesSession("app.connect")).toBe(true);
  expect(changesSession("tickets.update")).toBe(false);
});
