import { CircleAlert, MessageSquare, Send } from "lucide-react";
import type { TicketMessage } from "../../bindings/contract";
import { useNow } from "../../lib/clock";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import type { Outgoing } from "./outbox";

const SECOND_MS = 1_000;

type ComposerNoticeProps = {
  outgoing: Outgoing | null;
  /** Others' messages since the draft was begun. */
  unseen: ReadonlyArray<TicketMessage>;
  /** Others' messages since the held-back one was sent. */
  ticketMoved: ReadonlyArray<TicketMessage>;
  onUndo: () => void;
  onSendNow: () => void;
  onSeen: () => void;
};

/** What stands between the writer and sending: the delay, a conversation that has moved on, a failure. */
export function ComposerNotice({ outgoing, unseen, ticketMoved, onUndo, onSendNow, onSeen }: ComposerNoticeProps) {
  if (outgoing === null) {
    if (unseen.length === 0) return null;
    return (
      <div className="composer-notice tone-info" role="status">
        <MessageSquare className="icon-s" aria-hidden />
        <span className="grow">
          {plural(unseen.length, "new message")} since you began to write, from {authors(unseen)}.
        </span>
        <Button size="sm" onClick={onSeen}>
          I have read {unseen.length === 1 ? "it" : "them"}
        </Button>
      </div>
    );
  }
  switch (outgoing.state) {
    case "waiting":
      return (
        <Waiting sendAt={outgoing.sendAt} note={outgoing.draft.mode === "note"} onUndo={onUndo} onSendNow={onSendNow} />
      );
    case "sending":
      return (
        <div className="composer-notice tone-neutral" role="status">
          <Send className="icon-s" aria-hidden />
          <span className="grow">Sending…</span>
        </div>
      );
    case "held":
      return (
        <div className="composer-notice tone-warning" role="alert">
          <CircleAlert className="icon-s" aria-hidden />
          <span className="grow">
            <b>Held back, not sent.</b> The conversation has moved on
            {ticketMoved.length > 0
              ? `: ${plural(ticketMoved.length, "new message")} from ${authors(ticketMoved)}, above`
              : ""}
            . Your text is kept.
          </span>
          <Button size="sm" onClick={onUndo}>
            Keep editing
          </Button>
          <Button size="sm" variant="primary" onClick={onSendNow}>
            Send anyway
          </Button>
        </div>
      );
    case "failed":
      return (
        <ErrorBlock
          inline
          title="Not sent"
          error={outgoing.error}
          notDone="Your text is kept here."
          onRetry={onSendNow}
          actions={
            <Button size="sm" onClick={onUndo}>
              Keep editing
            </Button>
          }
        />
      );
  }
}

type WaitingProps = { sendAt: number; note: boolean; onUndo: () => void; onSendNow: () => void };

function Waiting({ sendAt, note, onUndo, onSendNow }: WaitingProps) {
  // The clock's tick makes the seconds count down; the time of sending is this computer's.
  useNow(SECOND_MS);
  const seconds = Math.max(0, Math.ceil((sendAt - Date.now()) / SECOND_MS));
  return (
    <div className="composer-notice tone-neutral">
      <Send className="icon-s" aria-hidden />
      <span className="grow num" aria-hidden>
        {note ? "Adding" : "Sending"} in {seconds} s
      </span>
      <span className="sr-only" role="status">
        {note ? "The note is added" : "The reply is sent"} in a few seconds.
      </span>
      <Button size="sm" onClick={onSendNow}>
        {note ? "Add now" : "Send now"}
      </Button>
      <Button size="sm" onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}

function authors(messages: ReadonlyArray<TicketMessage>): string {
  return [...new Set(messages.map((message) => message.author))].join(", ");
}
