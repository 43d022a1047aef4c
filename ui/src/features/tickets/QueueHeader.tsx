import { ChevronDown, ListFilter, Search, SquarePen, X } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import type { TicketCounts, TicketPriority, TicketQueue } from "../../bindings/contract";
import { IconButton } from "../../ui/Button";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { Segmented } from "../../ui/Segmented";
import { TICKET_PRIORITY } from "../../ui/status";
import type { TicketSearch } from "./ticketSearch";

const SEARCH_DELAY_MS = 250;
const PRIORITIES: ReadonlyArray<TicketPriority> = ["urgent", "high", "medium", "low"];

type QueueHeaderProps = {
  queue: TicketQueue;
  counts: TicketCounts | null;
  search: TicketSearch;
  searchField: RefObject<HTMLInputElement | null>;
  createReason: string | null;
  onChange: (patch: Partial<TicketSearch>) => void;
};

export function QueueHeader({ queue, counts, search, searchField, createReason, onChange }: QueueHeaderProps) {
  const views: ReadonlyArray<MenuEntry> = [
    { kind: "item", label: "Inbox", checked: queue !== "all", onSelect: () => onChange({ queue: "mine" }) },
    { kind: "item", label: "All tickets", checked: queue === "all", onSelect: () => onChange({ queue: "all" }) },
  ];
  const filters: ReadonlyArray<MenuEntry> = [
    { kind: "label", label: "Priority" },
    {
      kind: "item",
      label: "Any",
      checked: search.priority === undefined,
      onSelect: () => onChange({ priority: undefined }),
    },
    ...PRIORITIES.map(
      (priority): MenuEntry => ({
        kind: "item",
        label: TICKET_PRIORITY[priority].label,
        icon: TICKET_PRIORITY[priority].icon,
        iconClass: `fg-${TICKET_PRIORITY[priority].tone}`,
        checked: search.priority === priority,
        onSelect: () => onChange({ priority }),
      }),
    ),
  ];
  return (
    <>
      <div className="page-head pane-head chrome">
        <Menu
          entries={views}
          trigger={
            <button type="button" className="queue-view">
              {queue === "all" ? "All tickets" : "Inbox"}
              <ChevronDown className="icon-s" aria-hidden />
            </button>
          }
        />
        <span className="grow" />
        <Menu
          entries={filters}
          align="end"
          trigger={
            <IconButton
              icon={ListFilter}
              label={search.priority === undefined ? "Filter" : `Filter: ${TICKET_PRIORITY[search.priority].label}`}
              aria-pressed={search.priority !== undefined}
            />
          }
        />
        <IconButton
          icon={SquarePen}
          label="New ticket"
          shortcut="C"
          disabledReason={createReason}
          onClick={() => onChange({ create: true })}
        />
      </div>
      <div className="queue-tools chrome">
        {queue !== "all" && (
          <Segmented
            label="Queue"
            value={queue}
            options={[
              { value: "mine", label: "Mine", count: counts?.mine ?? null },
              { value: "unassigned", label: "Unassigned", count: counts?.unassigned ?? null },
              { value: "open", label: "All open", count: counts?.open ?? null },
            ]}
            onChange={(next) => onChange({ queue: next })}
          />
        )}
        <QueueSearch q={search.q} field={searchField} onChange={onChange} />
      </div>
    </>
  );
}

type QueueSearchProps = {
  q: string | undefined;
  field: RefObject<HTMLInputElement | null>;
  onChange: QueueHeaderProps["onChange"];
};

/** Shown when it is used: `/` brings it, Esc takes it away. */
function QueueSearch({ q, field, onChange }: QueueSearchProps) {
  const [text, setText] = useState(q ?? "");

  useEffect(() => {
    const wanted = text.trim() === "" ? undefined : text;
    if (wanted === q) return undefined;
    const timer = setTimeout(() => onChange({ q: wanted }), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text, q, onChange]);

  return (
    <span className="input-box queue-search" data-used={text !== "" || undefined}>
      <Search className="icon-s" aria-hidden />
      <input
        ref={field}
        type="text"
        aria-label="Search tickets"
        placeholder="Search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setText("");
          field.current?.blur();
        }}
      />
      {text !== "" && (
        <button type="button" className="input-action" aria-label="Clear search" onClick={() => setText("")}>
          <X className="icon-s" aria-hidden />
        </button>
      )}
    </span>
  );
}
