import { useVirtualizer } from "@tanstack/react-virtual";
import { Inbox, SearchX } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { TicketRow } from "../../bindings/contract";
import { type MenuAnchor, RowMenu } from "../../table/RowMenu";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import type { MenuEntry } from "../../ui/Menu";
import { Skeleton } from "../../ui/Skeleton";
import { TicketItem } from "./TicketItem";
import type { TicketQueueRead } from "./useTicketQueue";

/** As the style sheet has it: fixed, so that only what is seen is in the page. */
const ITEM_PX = 73;
const OVERSCAN = 6;
/** The next window is read when so few rows are left below. */
const READ_AHEAD = 20;

type TicketListProps = {
  read: TicketQueueRead;
  label: string;
  openId: number | null;
  /** Whether something narrows the queue, so that "none" means "none that match". */
  narrowed: boolean;
  onOpen: (ticket: TicketRow, how: "click" | "key") => void;
  onEnter: () => void;
  onClear: () => void;
  /** What the menu of a ticket offers. */
  menuOf: (ticket: TicketRow) => ReadonlyArray<MenuEntry>;
};

export function TicketList({ read, label, openId, narrowed, onOpen, onEnter, onClear, menuOf }: TicketListProps) {
  const [menu, setMenu] = useState<{ ticket: TicketRow; anchor: MenuAnchor } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = read;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ITEM_PX,
    overscan: OVERSCAN,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const current = rows.findIndex((row) => row.id === openId);
  const { readMore } = read;

  useEffect(() => {
    if (last >= rows.length - READ_AHEAD) readMore();
  });

  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current, { align: "auto" });
  }, [current, virtual]);

  function move(to: number): void {
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
    if (row !== undefined) onOpen(row, "key");
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = new Map<string, () => void>([
      ["ArrowDown", () => move(current + 1)],
      ["ArrowUp", () => move(current - 1)],
      ["Home", () => move(0)],
      ["End", () => move(rows.length - 1)],
      ["Enter", onEnter],
    ]).get(event.key);
    if (step === undefined) return;
    event.preventDefault();
    step();
  }

  /** By the right button at the pointer; by the menu key, which knows no place, at the open ticket. */
  function onContextMenu(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    const option = target ?? document.getElementById(itemId(openId));
    const ticket = rows.find((row) => itemId(row.id) === option?.id);
    if (option === null || ticket === undefined) return;
    event.preventDefault();
    const { clientX: x, clientY: y } = event;
    const anchor = target === null ? option : { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
    setMenu({ ticket, anchor });
  }

  if (read.error !== null && rows.length === 0) {
    return <ErrorBlock title="The tickets could not be read" error={read.error.error} onRetry={read.retry} />;
  }
  if (read.loading) return <Skeleton lines={9} label="Loading tickets" />;
  if (rows.length === 0) return <NoTickets narrowed={narrowed} queue={read.queue} onClear={onClear} />;

  return (
    <div
      ref={scroller}
      className="ticket-list"
      role="listbox"
      aria-label={label}
      aria-activedescendant={current >= 0 ? itemId(openId) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      <div className="ticket-list-inner" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <TicketItem
              key={row.id}
              id={itemId(row.id)}
              ticket={row}
              selected={row.id === openId}
              position={item.index + 1}
              total={read.total}
              style={{ top: item.start }}
              onSelect={() => onOpen(row, "click")}
            />
          );
        })}
      </div>
      <RowMenu
        label="Ticket"
        anchor={menu?.anchor ?? null}
        entries={menu === null ? [] : menuOf(menu.ticket)}
        onClose={() => setMenu(null)}
        returnTo={() => scroller.current}
      />
    </div>
  );
}

function itemId(id: number | null): string {
  return `ticket-${id ?? 0}`;
}

const NONE: Readonly<Record<TicketQueueRead["queue"], { title: string; text: ReactNode }>> = {
  mine: { title: "Your queue is empty", text: "Tickets that are assigned to you and not settled appear here." },
  unassigned: { title: "Nothing is unassigned", text: "Every open ticket has somebody who works on it." },
  open: { title: "No open tickets", text: "Customers write tickets in their panel; you can also open one for them." },
  all: { title: "No tickets yet", text: "Customers write tickets in their panel; you can also open one for them." },
};

function NoTickets({
  narrowed,
  queue,
  onClear,
}: {
  narrowed: boolean;
  queue: TicketQueueRead["queue"];
  onClear: () => void;
}) {
  if (narrowed) {
    return (
      <EmptyState
        icon={SearchX}
        title="No ticket matches"
        action={<Button onClick={onClear}>Clear search and filter</Button>}
      >
        Nothing in this queue fits what you search for.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Inbox} title={NONE[queue].title}>
      {NONE[queue].text}
    </EmptyState>
  );
}
