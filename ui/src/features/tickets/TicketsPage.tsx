import { useNavigate, useSearch } from "@tanstack/react-router";
import { MessageSquare } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import type { TicketRow } from "../../bindings/contract";
import { usePreferences } from "../../ipc/preferences";
import { useRead } from "../../ipc/queries";
import { useSession, useWriteReason } from "../../ipc/session";
import { cx } from "../../lib/cx";
import { useMediaQuery } from "../../lib/useMediaQuery";
import { copyText } from "../../ui/copyText";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import type { MenuEntry } from "../../ui/Menu";
import { PaneSeparator } from "../../ui/PaneSeparator";
import { Skeleton } from "../../ui/Skeleton";
import { showToast } from "../../ui/Toast";
import { Conversation } from "./Conversation";
import { CustomerPane, type RenderDeposit } from "./CustomerPane";
import { NewTicketDialog } from "./NewTicketDialog";
import type { Outgoing } from "./outbox";
import { ProblemNotice } from "./ProblemNotice";
import { PANE_MAX, PANE_MIN, PANE_WIDTH, usePanes } from "./panes";
import { QueueHeader } from "./QueueHeader";
import { TicketList } from "./TicketList";
import { ticketName } from "./ticketActions";
import type { TicketSearch } from "./ticketSearch";
import { useTicketKeys } from "./useTicketKeys";
import { useTicketQueue } from "./useTicketQueue";
import { useTicketUpdate } from "./useTicketUpdate";
import "./tickets.css";
import "./conversation.css";
import "./composer.css";
import "./customer.css";

const KEYS = ["]", "[", "j", "k", "c", "/"];
/** As the style sheet has them: where the panes give way. */
const NO_CONTEXT = "(max-width: 1060px)";
const NO_LIST = "(max-width: 760px)";

const QUEUE_LABEL = {
  mine: "My tickets",
  unassigned: "Unassigned tickets",
  open: "All open tickets",
  all: "All tickets",
} as const;

export function TicketsPage({ renderDeposit }: { renderDeposit: RenderDeposit }) {
  const search = useSearch({ from: "/tickets" });
  const navigate = useNavigate({ from: "/tickets" });
  const { preferences } = usePreferences();
  const [panes, setPanes] = usePanes();
  const [overlay, setOverlay] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const narrow = useMediaQuery(NO_CONTEXT);
  const single = useMediaQuery(NO_LIST);
  const createReason = useWriteReason("tickets");
  const { session } = useSession();
  const update = useTicketUpdate(setProblem);
  const searchField = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  const read = useTicketQueue(search);
  const { rows } = read;
  // With room for both, the first ticket is open until another is chosen.
  const openId = search.id ?? (single ? null : (rows[0]?.id ?? null));
  const detail = useRead("tickets.get", { id: openId ?? 0 }, { enabled: openId !== null });
  const contextShown = narrow ? overlay : panes.contextShown;

  const change = useCallback(
    (patch: Partial<TicketSearch>) =>
      void navigate({
        // Another queue begins at its own first ticket.
        search: (before) => ({ ...before, ...("queue" in patch ? { id: undefined, q: undefined } : {}), ...patch }),
        replace: "q" in patch,
      }),
    [navigate],
  );

  function open(id: number, replace: boolean): void {
    void navigate({ search: (before) => ({ ...before, id }), replace });
  }

  function step(by: number): void {
    const row = rows[rows.findIndex((each) => each.id === openId) + by];
    if (row !== undefined) open(row.id, true);
  }

  function showContext(shown: boolean): void {
    if (narrow) setOverlay(shown);
    else setPanes({ contextShown: shown });
  }

  function menuOf(ticket: TicketRow): ReadonlyArray<MenuEntry> {
    const { organization_id: organization } = ticket;
    const me = { id: session.user_id, name: session.name };
    return [
      { kind: "item", label: "Open", shortcut: "Enter", onSelect: () => open(ticket.id, false) },
      {
        kind: "item",
        label: "Open organization",
        disabledReason: organization === null ? "It belongs to none." : null,
        onSelect: () => {
          if (organization !== null) void navigate({ to: "/organizations/$id", params: { id: organization } });
        },
      },
      { kind: "separator" },
      {
        kind: "item",
        label: "Assign to me",
        disabledReason: createReason ?? (ticket.assigned_to === me.id ? "It is yours already." : null),
        onSelect: () => update.assign(ticket, me),
      },
      { kind: "separator" },
      { kind: "item", label: "Copy number", onSelect: () => void copyText(ticketName(ticket), "Number copied") },
      { kind: "item", label: "Copy subject", onSelect: () => void copyText(ticket.subject, "Subject copied") },
    ];
  }

  function onTrouble(message: Outgoing): void {
    if (message.draft.ticket === openId && field.current !== null) return;
    showToast({
      title: `${message.draft.mode === "reply" ? "The reply to" : "The note for"} ${message.ticketName} was not sent`,
      description: "Its text is kept in the ticket.",
      timeoutMs: 0,
      action: {
        label: "Open ticket",
        onSelect: () => void navigate({ to: "/tickets", search: { id: message.draft.ticket } }),
      },
    });
  }

  const next = (): void => step(1);
  const previous = (): void => step(-1);
  useTicketKeys(
    KEYS,
    {
      "]": next,
      "[": previous,
      j: next,
      k: previous,
      c: createReason === null ? () => change({ create: true }) : undefined,
      "/": () => searchField.current?.focus(),
    },
    preferences.single_key_shortcuts,
  );

  return (
    <>
      <h1 className="sr-only">{detail.data === undefined ? "Tickets" : `Tickets: ${detail.data.ticket.subject}`}</h1>
      <div
        className={cx(
          "tickets",
          contextShown && "tickets-with-context",
          search.id === undefined && "tickets-none-chosen",
        )}
        style={{ "--list-width": `${panes.list}px`, "--context-width": `${panes.context}px` }}
      >
        <section className="tickets-queue" aria-label="Ticket list">
          <QueueHeader
            queue={read.queue}
            counts={read.counts}
            search={search}
            searchField={searchField}
            createReason={createReason}
            onChange={change}
          />
          <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />
          <TicketList
            read={read}
            label={`${QUEUE_LABEL[read.queue]}, sorted by due time`}
            openId={openId}
            narrowed={search.q !== undefined || search.priority !== undefined}
            onOpen={(ticket, how) => open(ticket.id, how === "key")}
            onEnter={() => field.current?.focus()}
            onClear={() => change({ q: undefined, priority: undefined })}
            menuOf={menuOf}
          />
          <PaneSeparator
            label="ticket list"
            side="before"
            width={panes.list}
            min={PANE_MIN}
            max={PANE_MAX}
            initial={PANE_WIDTH}
            onResize={(list) => setPanes({ list })}
          />
        </section>
        <section className="tickets-conversation" aria-label="Conversation">
          {detail.data !== undefined && openId !== null ? (
            <Conversation
              key={openId}
              detail={detail.data}
              field={field}
              contextShown={contextShown}
              onShowContext={() => showContext(true)}
              onBack={() => change({ id: undefined })}
              onTrouble={onTrouble}
            />
          ) : (
            <NoConversation
              openId={openId}
              loading={read.loading}
              error={detail.error}
              onRetry={() => void detail.refetch()}
            />
          )}
        </section>
        {contextShown && detail.data !== undefined && (
          <aside className="tickets-context" aria-label="Customer">
            <PaneSeparator
              label="customer"
              side="after"
              width={panes.context}
              min={PANE_MIN}
              max={PANE_MAX}
              initial={PANE_WIDTH}
              onResize={(context) => setPanes({ context })}
            />
            <CustomerPane
              key={openId}
              detail={detail.data}
              onHide={() => showContext(false)}
              renderDeposit={renderDeposit}
            />
          </aside>
        )}
      </div>
      {search.create === true && (
        <NewTicketDialog
          disabledReason={createReason}
          onClose={() => void navigate({ search: (before) => ({ ...before, create: undefined }), replace: true })}
          onCreated={(id) => void navigate({ search: { queue: "open", id }, replace: true })}
        />
      )}
    </>
  );
}

type NoConversationProps = {
  openId: number | null;
  loading: boolean;
  error: { error: Parameters<typeof ErrorBlock>[0]["error"] } | null;
  onRetry: () => void;
};

function NoConversation({ openId, loading, error, onRetry }: NoConversationProps) {
  if (error !== null) return <ErrorBlock title="The ticket could not be read" error={error.error} onRetry={onRetry} />;
  if (openId !== null || loading) return <Skeleton lines={6} label="Loading ticket" />;
  return <EmptyState icon={MessageSquare} title="No ticket is open" />;
}
