import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "./call";
import { asCallError } from "./error";
import { StaleReads } from "./live";
import { endsSession } from "./queries";

const SEEN_MS = 1_000;
const HIDDEN_MS = 5_000;
const FAILED_MAX_MS = 15_000;

/** How long until the next poll. */
export function pollDelay(failures: number, hidden: boolean): number {
  const usual = hidden ? HIDDEN_MS : SEEN_MS;
  return failures === 0 ? usual : Math.max(usual, Math.min(FAILED_MAX_MS, SEEN_MS * 2 ** failures));
}

/**
 * Asks each second what colleagues have changed, and reads again what is shown of it. The cursor outlives failures, so
 * that after a break nothing is missed. A session that was ended elsewhere is noticed by the next poll.
 */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stale = new StaleReads(client, () => performance.now());
    let cursor: string | null = null;
    let failures = 0;
    let stopped = false;
    let asking = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function poll(): Promise<void> {
      asking = true;
      const sentAt = performance.now();
      try {
        const answer = await call("live.poll", { cursor });
        if (stopped) return;
        cursor = answer.cursor;
        stale.take(answer, sentAt);
        if (failures > 0) stale.takeFailed();
        failures = 0;
      } catch (reason) {
        if (stopped) return;
        failures += 1;
        const code = asCallError(reason)?.code;
        if (code !== undefined && endsSession(code)) void client.invalidateQueries({ queryKey: ["app.state"] });
        stale.flush();
      }
      asking = false;
      timer = setTimeout(() => void poll(), pollDelay(failures, document.hidden));
    }

    function onSeen(): void {
      if (document.hidden || asking) return;
      clearTimeout(timer);
      void poll();
    }

    void poll();
    document.addEventListener("visibilitychange", onSeen);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSeen);
    };
  }, [client]);
}
