import { type QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandName, LiveAnswer, Tag } from "../bindings/contract";
import { StaleReads } from "./live";
import { createQueryClient, refreshAfter } from "./queries";
import { forgetRefreshed } from "./refreshed";
import { pollDelay } from "./useLiveUpdates";

let client: QueryClient;
let now = 0;
let stale: StaleReads;
const stops: Array<() => void> = [];

function answer(tags: ReadonlyArray<Tag>, byOthers = true, everything = false): LiveAnswer {
  return { cursor: "1:1:", everything, stale: tags.map((tag) => ({ tag, by_others: byOthers, ids: null })) };
}

/** A page that shows a command's answer; how often it was read. */
function show(name: CommandName, read: () => Promise<unknown> = async () => ({})) {
  const reads = vi.fn(read);
  stops.push(
    new QueryObserver(client, { queryKey: [name, {}], queryFn: reads, retry: false }).subscribe(() => undefined),
  );
  return reads;
}

const settled = () => vi.waitFor(() => expect(client.isFetching()).toBe(0));

beforeEach(() => {
  client = createQueryClient();
  now = 100_000;
  stale = new StaleReads(client, () => now);
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  forgetRefreshed(Number.POSITIVE_INFINITY);
  client.clear();
});

describe("what a colleague has changed", () => {
  it("is read again where it is shown, and nothing else is", async () => {
    const tickets = show("tickets.list");
    const users = show("users.list");
    await settled();
    stale.take(answer(["tickets"]), performance.now());
    await settled();
    expect(tickets).toHaveBeenCalledTimes(2);
    expect(users).toHaveBeenCalledTimes(1);
  });

  it("is all there is after a long break, but for what is this desk's own", async () => {
    const tickets = show("tickets.list");
    const state = show("app.state");
    await settled();
    stale.take(answer([], true, true), performance.now());
    await settled();
    expect(tickets).toHaveBeenCalledTimes(2);
    expect(state).toHaveBeenCalledTimes(1);
  });

  it("doesn't cut off what is being read, and is read once more when that has arrived", async () => {
    let finish: (value: unknown) => void = () => undefined;
    const tickets = show("tickets.list", () => new Promise((resolve) => (finish = resolve)));
    for (let poll = 0; poll < 5; poll += 1) stale.take(answer(["tickets"]), performance.now());
    expect(tickets).toHaveBeenCalledTimes(1);
    finish({});
    await settled();
    stale.flush();
    await vi.waitFor(() => expect(tickets).toHaveBeenCalledTimes(2));
    finish({});
    await settled();
    stale.flush();
    expect(tickets).toHaveBeenCalledTimes(2);
  });

  it("reaches sums of the whole business only every few seconds", async () => {
    const summary = show("shell.summary");
    await settled();
    for (let second = 0; second < 6; second += 1) {
      stale.take(answer(["shell"]), performance.now());
      await settled();
      now += 500;
    }
    // At 0 s and at 2 s; the last is due at 4 s.
    expect(summary).toHaveBeenCalledTimes(3);
    now += 1_000;
    stale.flush();
    await settled();
    expect(summary).toHaveBeenCalledTimes(4);
  });

  it("is tried again after a failure", async () => {
    const failing = show("tickets.list", () => Promise.reject(new Error("no")));
    const fine = show("users.list");
    await settled();
    const before = failing.mock.calls.length;
    stale.takeFailed();
    await settled();
    expect(failing.mock.calls.length).toBe(before + 1);
    expect(fine).toHaveBeenCalledTimes(1);
  });
});

describe("what this desk has changed by itself", () => {
  it("was read with the change's answer and is not read twice", async () => {
    const tickets = show("tickets.list");
    await settled();
    await refreshAfter(client, "tickets.update");
    expect(tickets).toHaveBeenCalledTimes(2);
    stale.take(answer(["tickets"], false), performance.now() + 1);
    await settled();
    expect(tickets).toHaveBeenCalledTimes(2);
    // Its next change by other means, such as a task, is news.
    stale.take(answer(["tickets"], false), performance.now() + 2);
    await settled();
    expect(tickets).toHaveBeenCalledTimes(3);
  });

  it("is read again while something that it has asked for is carried out", async () => {
    const server = show("servers.get");
    await settled();
    await refreshAfter(client, "servers.act");
    expect(server).toHaveBeenCalledTimes(2);
    // What was read with the answer may be from before its end.
    stale.take(answer(["servers", "intents"], false), performance.now() + 1);
    await settled();
    expect(server).toHaveBeenCalledTimes(3);
  });

  it("is read again when a colleague has changed the same", async () => {
    const tickets = show("tickets.list");
    await settled();
    await refreshAfter(client, "tickets.update");
    stale.take(answer(["tickets"], true), performance.now() + 1);
    await settled();
    expect(tickets).toHaveBeenCalledTimes(3);
  });
});

it("polls each second while it is seen, less when hidden, and backs off while nothing answers", () => {
  expect(pollDelay(0, false)).toBe(1_000);
  expect(pollDelay(0, true)).toBe(5_000);
  expect([1, 2, 3, 4, 9].map((failures) => pollDelay(failures, false))).toEqual([2_000, 4_000, 8_000, 15_000, 15_000]);
});
