import { expect, it } from "vitest";
import type { PlanRow } from "../../bindings/contract";
import { planSize } from "./columns";

const NOTHING = { vcpus: null, cpu_cores: null, memory_mb: null, disk_gb: null } as unknown as PlanRow;

it.each([
  [{}, null],
  [{ vcpus: 4, memory_mb: 8192, disk_gb: 160 }, "4 vCPU · 8 GB · 160 GB"],
  [{ cpu_cores: "0.50", memory_mb: 512 }, "0.5 cores · 512 MB"],
  [{ cpu_cores: "1.00" }, "1 core"],
  [{ cpu_cores: "10.00" }, "10 cores"],
  [{ cpu_cores: "0.25" }, "0.25 cores"],
])("a plan of %j is %s", (known, size) => {
  expect(planSize({ ...NOTHING, ...known })).toBe(size);
});
