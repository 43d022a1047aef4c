import { type RefObject, useState } from "react";
import { flushSync } from "react-dom";
import type { TicketDetail } from "../../bindings/contract";
import { usePreferences } from "../../ipc/preferences";
import { useSession, useWriteReason } from "../../ipc/session";
import { Composer } from "./Composer";
import { ConversationHeader, type OpenMenu } from "./ConversationHeader";
import { type Mode, readMode, writeMode } from "./drafts";
import type { OnTrouble } from "./outbox";
import { ProblemNotice } from "./ProblemNotice";
import { Thread } from "./Thread";
import { moveName, refusal } from "./ticketActions";
import { useTicketKeys } from "./useTicketKeys";
import { useTicketUpdate } from "./useTicketUpdate";

type ConversationProps = {
  detail: TicketDetail;
  field: RefObject<HTMLTextAreaElement | null>;
  contextShown: boolean;
  onShowContext: () => void;
  onBack: () => void;
  onTrouble: OnTrouble;
};

const KEYS = ["r", "n", "e", "a", "p"];

/** One ticket: its head, its messages, and where an answer is written. Give it a key per ticket. */
export function Conversation({ detail, field, contextShown, onShowContext, onBack, onTrouble }: ConversationProps) {
  const { profile, session } = useSession();
  const { preferences } = usePreferences();
  const { ticket, actions, messages } = detail;
  const owner = `${profile.id}.${session.user_id}`;
  const [mode, setMode] = useState<Mode>(() => readMode(owner, ticket.id));
  const [openMenu, setOpenMenu] = useState<OpenMenu>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const writeReason = useWriteReason("tickets");
  const update = useTicketUpdate(setProblem);

  function write(next: Mode): void {
    // The field has to be the new mode's before it gets the focus.
    flushSync(() => {
      setMode(next);
    });
    writeMode(owner, ticket.id, next);
    field.current?.focus();
  }

  const editable = writeReason === null && refusal(actions, "edit") === null;
  const resolvable = writeReason === null && refusal(actions, moveName(ticket.status, "resolved")) === null;
  useTicketKeys(
    KEYS,
    {
      r: () => write("reply"),
      n: () => write("note"),
      e: resolvable && ticket.status !== "resolved" ? () => update.setStatus(ticket, "resolved") : undefined,
      a: editable ? () => setOpenMenu("assign") : undefined,
      p: editable ? () => setOpenMenu("priority") : undefined,
    },
    preferences.single_key_shortcuts,
  );

  return (
    <>
      <ConversationHeader
        detail={detail}
        update={update}
        writeReason={writeReason}
        openMenu={openMenu}
        onOpenMenu={setOpenMenu}
        contextShown={contextShown}
        onShowContext={onShowContext}
        onBack={onBack}
      />
      <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />
      <Thread messages={messages} />
      <Composer
        detail={detail}
        owner={owner}
        me={session.user_id}
        mode={mode}
        onMode={write}
        writeReason={writeReason}
        field={field}
        onTrouble={onTrouble}
      />
    </>
  );
}
