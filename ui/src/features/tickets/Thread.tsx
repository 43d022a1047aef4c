import { useEffect, useRef, useState } from "react";
import type { TicketMessage } from "../../bindings/contract";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Message } from "./Message";

/** Threads longer than this are folded in the middle. */
const WHOLE_MAX = 20;
const FOLDED_FIRST = 2;
const FOLDED_LAST = 10;

type ThreadProps = { messages: ReadonlyArray<TicketMessage> };

/** The conversation, oldest first, beginning at its newest message. Give it a key per ticket. */
export function Thread({ messages }: ThreadProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [whole, setWhole] = useState(false);
  const folded = !whole && messages.length > WHOLE_MAX;
  const first = folded ? messages.slice(0, FOLDED_FIRST) : messages;
  const last = folded ? messages.slice(-FOLDED_LAST) : [];
  const newest = messages.at(-1)?.id;

  useEffect(() => {
    const element = scroller.current;
    if (element === null || newest === undefined) return undefined;
    const toEnd = (): void => {
      element.scrollTop = element.scrollHeight;
    };
    toEnd();
    // The renderer of Markdown can arrive after the first messages were laid out.
    const observer = new ResizeObserver(toEnd);
    for (const child of element.children) observer.observe(child);
    const stop = (): void => observer.disconnect();
    element.addEventListener("wheel", stop, { once: true, passive: true });
    element.addEventListener("keydown", stop, { once: true });
    return () => {
      stop();
      element.removeEventListener("wheel", stop);
      element.removeEventListener("keydown", stop);
    };
  }, [newest]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region has to be reachable with the keyboard.
    <div ref={scroller} className="thread selectable" role="log" aria-label="Messages" tabIndex={0}>
      {first.map((message) => (
        <Message key={message.id} message={message} />
      ))}
      {folded && (
        <div className="thread-fold">
          <Button size="sm" onClick={() => setWhole(true)}>
            Show {plural(messages.length - FOLDED_FIRST - FOLDED_LAST, "message")} in between
          </Button>
        </div>
      )}
      {last.map((message) => (
        <Message key={message.id} message={message} />
      ))}
    </div>
  );
}
