import { useEffect, useState } from "react";

/** Whole seconds left of a wait that begins when `begun` changes; 0 when there is none. */
export function useCountdown(waitMs: number | null, begun: number): number {
  const [now, setNow] = useState(begun);
  const end = begun + (waitMs ?? 0);
  const running = waitMs !== null && now < end;

  useEffect(() => {
    if (waitMs === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= begun + waitMs) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [waitMs, begun]);

  return running ? Math.ceil((end - Math.max(now, begun)) / 1_000) : 0;
}
