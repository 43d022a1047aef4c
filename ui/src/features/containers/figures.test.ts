import { describe, expect, it } from "vitest";
import type { StatsSample } from "../../bindings/contract";
import { added, bytes, ceiling, KEPT, path, percent } from "./figures";

const sample = (at: string): StatsSample => ({
  at: at as StatsSample["at"],
  cpu_percent: 1,
  memory: 1,
  memory_limit: 2,
  received: 0,
  sent: 0,
  disk_read: 0,
  disk_written: 0,
  processes: 1,
});

describe("figures of a container", () => {
  it("says bytes and shares as people read them", () => {
    expect([bytes(0), bytes(1536), bytes(64 * 1024 * 1024), bytes(null)]).toEqual(["0 B", "1.5 kB", "64.0 MB", "–"]);
    expect([percent(null), percent(3.24), percent(42.7)]).toEqual(["–", "3.2%", "43%"]);
  });

  it("keeps the newest samples, each once", () => {
    let samples: ReadonlyArray<StatsSample> = [];
    for (let second = 0; second < KEPT + 5; second += 1) samples = added(samples, sample(`t${second}`));
    expect(samples).toHaveLength(KEPT);
    expect(added(samples, sample(`t${KEPT + 4}`))).toBe(samples);
  });

  it("leaves a gap where nothing was measured", () => {
    expect(path([1, null, 2], 2).match(/M/g)).toHaveLength(2);
    expect(path([], 1)).toBe("");
    expect(ceiling([null, 0], 5)).toBe(5);
  });
});
