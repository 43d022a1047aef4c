import { useEffect } from "react";
import { call } from "../ipc/call";

/** A session that is used is said to be used at most this often. */
const TOUCH_MS = 60_000;

/** Tells the program that the person is there, so that an idle session ends and a used one does not. */
export function useKeepSession(): void {
  useEffect(() => {
    let touchedAt = Date.now();
    function touch(): void {
      if (Date.now() - touchedAt < TOUCH_MS) return;
      touchedAt = Date.now();
      // A session that has ended shows itself at the next read.
      call("session.touch", {}).catch(() => undefined);
    }
    window.addEventListener("pointerdown", touch);
    window.addEventListener("keydown", touch);
    return () => {
      window.removeEventListener("pointerdown", touch);
      window.removeEventListener("keydown", touch);
    };
  }, []);
}
