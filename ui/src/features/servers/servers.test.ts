import { describe, expect, it } from "vitest";
import { curvesShape, formatBits, formatPercent, monthsSince, nearest, summary, valueAt } from "./curves";
import { eventName, eventState, formatBytes, logName, sizeText } from "./words";

describe("words", () => {
  it("know what is known and read the rest as it is written", () => {
    expect(eventName("linode_boot")).toBe("Started");
    expect(eventName("linode_config_create")).toBe("Config create");
    expect(eventName("")).toBe("Something");
    expect(logName("server.show_password")).toBe("Root password shown");
    expect(eventState("dreaming").label).toBe("dreaming");
  });

  it("say sizes with their units", () => {
    expect(formatBytes(22_956_600_198)).toBe("21.4 GiB");
    expect(formatBytes(0)).toBe("0 B");
    expect(sizeText({ vcpus: 2, memory_mb: 4096, disk_gb: 80 })).toBe("2 CPU, 4 GB RAM, 80 GB disk");
    expect(sizeText({ vcpus: null, memory_mb: 512, disk_gb: null })).toBe("512 MB RAM");
  });
});

describe("curves", () => {
  const points = [
    [0, 2],
    [3_600_000, 8],
    [7_200_000, 4],
  ] as const;

  it("begin at zero and end where the highest value has room", () => {
    const shape = curvesShape([{ key: "cpu", label: "CPU", points }], 400, 200);
    expect(shape.y(0)).toBe(shape.zero);
    expect(shape.y(8)).toBeGreaterThanOrEqual(8);
    expect(shape.paths[0]?.d.startsWith("M58,")).toBe(true);
    expect(nearest(shape, shape.x(3_600_000) + 3)).toBe(1);
    expect(valueAt(points, 7_200_000)).toBe(4);
    expect(valueAt(points, 1)).toBe(null);
    expect(summary(points)).toEqual({ highest: 8, mean: 14 / 3 });
  });

  it("of nothing are empty", () => {
    const shape = curvesShape([{ key: "cpu", label: "CPU", points: [] }], 400, 200);
    expect([shape.paths[0]?.d, nearest(shape, 10), summary([])]).toEqual(["", -1, null]);
  });

  it("are read with their units", () => {
    expect(formatBits(950)).toBe("950 bit/s");
    expect(formatBits(12_400_000)).toBe("12.4 Mbit/s");
    expect(formatPercent(0.42)).toBe("0.42%");
  });

  it("go back to the month in which the server was made", () => {
    const now = Date.parse("2027-01-20T12:00:00Z");
    expect(monthsSince("2026-11-27T00:00:00Z", now, 12)).toEqual(["2027-01", "2026-12", "2026-11"]);
    expect(monthsSince(null, now, 2)).toEqual(["2027-01"]);
    expect(monthsSince("2020-01-01T00:00:00Z", now, 3)).toHaveLength(3);
  });
});
