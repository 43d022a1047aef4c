import type { Action } from "../bindings/contract";

/** Why something can't be done now; null when it can. What stands against any change at all comes first. */
export function reasonAgainst(
  actions: ReadonlyArray<Action>,
  name: string,
  general: string | null = null,
): string | null {
  if (general !== null) return general;
  const action = actions.find((each) => each.name === name);
  return action === undefined || action.allowed ? null : (action.reason ?? "This can’t be done now.");
}
