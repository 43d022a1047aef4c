import { useEffect, useEffectEvent } from "react";
import { tinykeys } from "tinykeys";
import { inDialog, isTyping } from "../../lib/keys";

/** What a single letter does on the ticket page; a key that does nothing now is left out. */
export type TicketKeys = Readonly<Record<string, (() => void) | undefined>>;

/** Binds single letters while no field has the focus; `names` is fixed, what they do may change. */
export function useTicketKeys(names: ReadonlyArray<string>, keys: TicketKeys, enabled: boolean): void {
  const onKey = useEffectEvent((name: string, event: KeyboardEvent) => {
    const action = keys[name];
    if (action === undefined || isTyping(event) || inDialog()) return;
    event.preventDefault();
    action();
  });
  const joined = names.join(" ");

  useEffect(() => {
    if (!enabled) return undefined;
    return tinykeys(
      window,
      // With and without Shift: where brackets and the slash are depends on the keyboard.
      Object.fromEntries(
        joined.split(" ").flatMap((name) => {
          const handler = (event: KeyboardEvent): void => onKey(name, event);
          return /[a-z]/.test(name)
            ? [[name, handler]]
            : [
                [name, handler],
                [`Shift+${name}`, handler],
              ];
        }),
      ),
    );
  }, [joined, enabled]);
}
