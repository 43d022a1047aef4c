import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, Eye, Lock, Pencil } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import type { TicketDetail, TicketMessage, TicketStatus } from "../../bindings/contract";
import { openExternal } from "../../ipc/desktop";
import { cx } from "../../lib/cx";
import { formatClock } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Markdown } from "../../ui/Markdown";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { Segmented, type SegmentedOption } from "../../ui/Segmented";
import { showToast } from "../../ui/Toast";
import { ComposerNotice } from "./ComposerNotice";
import { type Draft, type DraftKey, type Mode, useDraft, writeDraft } from "./drafts";
import {
  type OnTrouble,
  type Outgoing,
  peekOutgoing,
  SEND_DELAY_MS,
  sendLater,
  sendNow,
  undoSend,
  useOutgoing,
} from "./outbox";
import { moveName, refusal, ticketName } from "./ticketActions";

const TEXT_CHARS_MAX = 50_000;

type ComposerProps = {
  detail: TicketDetail;
  owner: string;
  me: number;
  mode: Mode;
  onMode: (mode: Mode) => void;
  writeReason: string | null;
  field: RefObject<HTMLTextAreaElement | null>;
  /** What to do with a message that was not sent while its ticket was out of sight. */
  onTrouble: OnTrouble;
};

/** What the writer has not seen: others' messages that are newer than the newest seen when the draft was begun. */
export function unseenMessages(messages: ReadonlyArray<TicketMessage>, draft: Draft, me: number): Array<TicketMessage> {
  if (draft.text === "") return [];
  return messages.filter((message) => message.id > draft.seen && message.author_id !== me);
}

export function Composer({ detail, owner, me, mode, onMode, writeReason, field, onTrouble }: ComposerProps) {
  const client = useQueryClient();
  const { ticket, messages, actions, context } = detail;
  const key: DraftKey = { owner, ticket: ticket.id, mode };
  const draft = useDraft(key);
  const outgoing = useOutgoing(key);
  const [preview, setPreview] = useState(false);
  const newest = messages.at(-1)?.id ?? 0;
  const unseen = unseenMessages(messages, draft, me);
  const note = mode === "note";
  const going = outgoing?.state === "waiting" || outgoing?.state === "sending";

  useSayWhenLeaving(owner, ticket.id, ticketName(ticket));

  const reason =
    writeReason ??
    refusal(actions, mode) ??
    (draft.text.trim() === "" ? "Write something first." : null) ??
    (going ? "It is on its way." : null);

  function write(text: string): void {
    writeDraft(key, text, draft.text === "" ? newest : draft.seen);
  }

  function send(setStatus: TicketStatus | null): void {
    if (reason !== null) return;
    setPreview(false);
    sendLater(
      client,
      {
        draft: key,
        ticketName: ticketName(ticket),
        text: draft.text.trim(),
        seen: unseen.length === 0 ? newest : draft.seen,
        setStatus,
      },
      onTrouble,
    );
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send(null);
    } else if (event.key === "Escape") {
      field.current?.blur();
    }
  }

  const modes: ReadonlyArray<SegmentedOption<Mode>> = [
    { value: "reply", label: "Reply" },
    { value: "note", label: "Internal note", icon: note ? Lock : undefined },
  ];
  const others: ReadonlyArray<MenuEntry> = (["in_progress", "resolved"] as const)
    .filter((status) => status !== ticket.status)
    .map((status) => ({
      kind: "item",
      label: status === "resolved" ? "Send and resolve" : "Send and set in progress",
      disabledReason: reason ?? refusal(actions, moveName(ticket.status, status)),
      onSelect: () => send(status),
    }));

  return (
    <section className={cx("composer", note && "composer-note")} aria-label={note ? "Internal note" : "Reply"}>
      <ComposerNotice
        outgoing={outgoing}
        unseen={unseen}
        ticketMoved={messages.filter((message) => message.id > (outgoing?.seen ?? newest) && message.author_id !== me)}
        onUndo={() => {
          undoSend(key);
          field.current?.focus();
        }}
        onSendNow={() => sendNow(client, key, onTrouble, outgoing?.state === "held" ? newest : undefined)}
        onSeen={() => writeDraft(key, draft.text, newest)}
      />
      <div className="composer-head chrome">
        <Segmented label="Write" value={mode} options={modes} onChange={onMode} />
        {note ? (
          <span className="small composer-warning">Only staff will see this</span>
        ) : (
          <span className="small muted truncate">{recipient(ticket.customer, context?.customer_email ?? null)}</span>
        )}
        <span className="grow" />
        {draft.text !== "" && draft.savedAt !== null && (
          <span className="tiny muted num">Draft saved {formatClock(draft.savedAt)}</span>
        )}
      </div>
      {preview ? (
        <section className="composer-preview message-text" aria-label="Preview">
          {draft.text.trim() === "" ? (
            <p className="muted">Nothing to show yet.</p>
          ) : (
            <Markdown text={draft.text} onLink={openExternal} />
          )}
        </section>
      ) : (
        <textarea
          ref={field}
          aria-label={note ? "Internal note" : "Reply"}
          rows={4}
          maxLength={TEXT_CHARS_MAX}
          readOnly={going}
          value={draft.text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
      )}
      <div className="composer-foot chrome">
        <Button variant="ghost" size="sm" icon={preview ? Pencil : Eye} onClick={() => setPreview(!preview)}>
          {preview ? "Write" : "Preview"}
        </Button>
        <span className="grow" />
        {note ? (
          <Button variant="note" icon={Lock} shortcut="Mod+Enter" disabledReason={reason} onClick={() => send(null)}>
            Add internal note
          </Button>
        ) : (
          <span className="split">
            <Button variant="primary" shortcut="Mod+Enter" disabledReason={reason} onClick={() => send(null)}>
              Send
            </Button>
            <Menu
              entries={others}
              align="end"
              side="top"
              trigger={
                <Button variant="primary" aria-label="Other ways to send" disabledReason={reason}>
                  <ChevronDown className="icon-s" aria-hidden />
                </Button>
              }
            />
          </span>
        )}
      </div>
    </section>
  );
}

function recipient(name: string | null, email: string | null): string {
  const to = [name, email].filter((part) => part !== null && part !== "");
  return to.length === 0 ? "to the customer" : `to ${to.join(", ")}`;
}

/** A message that still waits when its ticket leaves the screen can be taken back from a toast. */
function useSayWhenLeaving(owner: string, ticket: number, name: string): void {
  useEffect(
    () => () => {
      for (const mode of ["reply", "note"] as const) {
        const left: Outgoing | null = peekOutgoing({ owner, ticket, mode });
        if (left?.state !== "waiting") continue;
        showToast({
          title: mode === "reply" ? `Sending the reply to ${name}` : `Adding the note to ${name}`,
          action: { label: "Undo", onSelect: () => undoSend(left.draft) },
          timeoutMs: Math.min(SEND_DELAY_MS, Math.max(1, left.sendAt - Date.now())),
        });
      }
    },
    [owner, ticket, name],
  );
}
