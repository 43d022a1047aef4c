import type { TicketPriority, TicketRow, TicketStatus, UpdateTicketRequest } from "../../bindings/contract";
import { useRemember, useWrite } from "../../ipc/queries";
import { TICKET_PRIORITY, TICKET_STATUS } from "../../ui/status";
import { closeToast, showToast } from "../../ui/Toast";
import { ticketName } from "./ticketActions";

export type TicketUpdate = {
  setStatus: (ticket: TicketRow, status: TicketStatus) => void;
  setPriority: (ticket: TicketRow, priority: TicketPriority) => void;
  /** null takes it away from whoever has it. */
  assign: (ticket: TicketRow, to: { id: number; name: string } | null) => void;
  pending: boolean;
};

/** Decisions about a ticket. They can be taken back, so they are done at once and offer Undo. */
export function useTicketUpdate(onError: (message: string) => void): TicketUpdate {
  const update = useWrite("tickets.update");
  const remember = useRemember();

  function send(request: UpdateTicketRequest, done: { title: string; undo: Array<UpdateTicketRequest> } | null): void {
    update.mutate(request, {
      onSuccess: (detail) => {
        remember("tickets.get", { id: request.id }, detail);
        if (done === null) return;
        const id = showToast({
          title: done.title,
          action: {
            label: "Undo",
            onSelect: () => {
              closeToast(id);
              for (const back of done.undo) send(back, null);
            },
          },
        });
      },
      onError: (error) => onError(error.message),
    });
  }

  const nothing = (ticket: TicketRow): UpdateTicketRequest => ({
    id: ticket.id,
    status: null,
    priority: null,
    assigned_to: null,
    unassign: false,
  });

  return {
    pending: update.isPending,
    setStatus: (ticket, status) =>
      send(
        { ...nothing(ticket), status },
        {
          title: `${ticketName(ticket)} is ${TICKET_STATUS[status].label.toLowerCase()}`,
          undo: wayBack(ticket, status, nothing(ticket)),
        },
      ),
    setPriority: (ticket, priority) =>
      send(
        { ...nothing(ticket), priority },
        {
          title: `Priority of ${ticketName(ticket)}: ${TICKET_PRIORITY[priority].label.toLowerCase()}`,
          undo: [{ ...nothing(ticket), priority: ticket.priority }],
        },
      ),
    assign: (ticket, to) =>
      send(to === null ? { ...nothing(ticket), unassign: true } : { ...nothing(ticket), assigned_to: to.id }, {
        title: to === null ? `${ticketName(ticket)} is unassigned` : `${ticketName(ticket)} is assigned to ${to.name}`,
        undo: [
          ticket.assigned_to === null
            ? { ...nothing(ticket), unassign: true }
            : { ...nothing(ticket), assigned_to: ticket.assigned_to },
        ],
      }),
  };
}

/** The moves that lead back to where a ticket stood: settled tickets are reopened before work on them starts again. */
function wayBack(ticket: TicketRow, to: TicketStatus, nothing: UpdateTicketRequest): Array<UpdateTicketRequest> {
  const settled = to === "resolved" || to === "closed";
  if (settled && ticket.status === "in_progress") {
    return [
      { ...nothing, status: "open" },
      { ...nothing, status: "in_progress" },
    ];
  }
  if (to === "closed" && ticket.status === "resolved") {
    return [
      { ...nothing, status: "open" },
      { ...nothing, status: "resolved" },
    ];
  }
  return [{ ...nothing, status: ticket.status }];
}
