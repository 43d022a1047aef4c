import { createContext, type ReactNode, useContext } from "react";
import type { AppState, Area } from "../bindings/contract";
import { useConnection } from "./connection";
import { useViewing } from "./viewing";

export type ReadyState = Extract<AppState, { phase: "ready" }>;

const SessionContext = createContext<ReadyState | null>(null);

export function SessionProvider({ state, children }: { state: ReadyState; children: ReactNode }) {
  return <SessionContext value={state}>{children}</SessionContext>;
}

/** Who is signed in, where to, and what they may do. Only inside the shell. */
export function useSession(): ReadyState {
  const state = useContext(SessionContext);
  if (state === null) throw new Error("useSession outside the shell");
  return state;
}

/** Why nothing in an area can be changed now (connection, role); null when it can. */
export function useWriteReason(area: Area): string | null {
  const state = useSession();
  const connection = useConnection();
  const viewing = useViewing();
  if (connection.state === "lost") return "The connection is lost. Changes are off until it is back.";
  if (viewing !== null) return `You see ${viewing.organization} as its customer, read-only. Stop that first.`;
  const permission = state.permissions.find((entry) => entry.area === area);
  if (permission?.write === true) return null;
  return permission?.reason ?? "Your role may not change this.";
}

/** Why this person can't look as a customer; null when they can. */
export function useSeeAsReason(): string | null {
  const { role } = useSession().session;
  return role === "admin" || role === "support"
    ? null
    : "Only admins and support staff can see the business as a customer.";
}

/** Why this person can't ask who can see a row; null when they can. */
export function useWhoSeesReason(): string | null {
  return useSession().session.role === "admin" ? null : "Only admins can ask who can see a row.";
}
