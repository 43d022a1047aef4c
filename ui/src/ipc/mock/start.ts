import type { Transport } from "../call";
import { createMockTransport } from "./backend";
import type { Scenario } from "./scenario";

const SCENARIOS: Readonly<Record<Scenario, true>> = {
  ready: true,
  "first-run": true,
  "sign-in": true,
  disconnected: true,
  lost: true,
  empty: true,
  support: true,
  red: true,
};

function isScenario(value: string): value is Scenario {
  return Object.hasOwn(SCENARIOS, value);
}

/** `?mock` and `?mock=ready` are the same; an unknown name is too. */
export function startMock(scenario: string): Transport {
  return createMockTransport(isScenario(scenario) ? scenario : "ready");
}
