import { Lock, Paperclip } from "lucide-react";
import type { TicketMessage } from "../../bindings/contract";
import { openExternal } from "../../ipc/desktop";
import { Avatar } from "../../ui/Avatar";
import { Markdown } from "../../ui/Markdown";
import { Time } from "../../ui/Text";

/** A message of the conversation, or an internal note, which can't be mistaken for one. */
export function Message({ message }: { message: TicketMessage }) {
  if (!message.internal) {
    return (
      <article className="message" aria-label={`Message from ${message.author}`}>
        <Body message={message} />
      </article>
    );
  }
  return (
    <article className="note" aria-label={`Internal note from ${message.author}`}>
      <div className="note-label">
        <Lock className="icon-xs" aria-hidden />
        Internal note<span>Only staff can see this</span>
      </div>
      <div className="message">
        <Body message={message} />
      </div>
    </article>
  );
}

function Body({ message }: { message: TicketMessage }) {
  const customer = message.from === "customer";
  return (
    <>
      <Avatar name={message.author} size="lg" tone={customer ? "primary" : "plain"} />
      <div>
        <header>
          <b className="bold">{message.author}</b>
          {customer && <span className="message-role">Customer</span>}
          <Time at={message.created_at} style="detail" />
        </header>
        <div className="message-text">
          <Markdown text={message.text} onLink={openExternal} />
        </div>
        {message.attachments.length > 0 && (
          <ul className="message-files" aria-label="Attachments">
            {message.attachments.map((name) => (
              <li key={name}>
                <Paperclip className="icon-xs" aria-hidden />
                {name}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
