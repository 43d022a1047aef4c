import type { Viewing } from "../bindings/contract";
import { useRead } from "./queries";

/** A view ends by itself; the page notices within this time. */
const LOOK_MS = 20_000;

/** Whose customer this session looks as; null when it looks as itself. */
export function useViewing(): Viewing | null {
  return useRead("customer_view.state", {}, { refetchMs: LOOK_MS }).data?.viewing ?? null;
}
