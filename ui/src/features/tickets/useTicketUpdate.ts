import type { TicketPriority, TicketRow, TicketStatus, UpdateTicketRequest } from "../../bindings/contract";
import { toCallError } from "../../ipc/error";
import { useRemember, useWrite } from "../../ipc/queries";
import { TICKET_PRIORITY, TICKET_STATUS } from "../../ui/status";
import { showToast } from "../../ui/Toast";
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

  async function send(requests: ReadonlyArray<UpdateTicketRequest>): Promise<boolean> {
    try {
      // One after another: a way back can lead through another status.
      for (const request of requests) {
        remember("tickets.get", { id: request.id }, await update.mutateAsync(request));
      }
      return true;
    } catch (reason) {
      onError(toCallError(reason).message);
      return false;
    }
  }

  async function decide(
    request: UpdateTicketRequest,
    title: string,
    undo: ReadonlyArray<UpdateTicketRequest>,
  ): Promise<void> {
    if (await send([request])) showToast({ title, action: { label: "Undo", onSelect: () => void send(undo) } });
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
      void decide(
        { ...nothing(ticket), status },
        `${ticketName(ticket)} is ${TICKET_STATUS[status].label.toLowerCase()}`,
        wayBack(ticket, status, nothing(ticket)),
      ),
    setPriority: (ticket, priority) =>
      void decide(
        { ...nothing(ticket), priority },
        `Priority of ${ticketName(ticket)}: ${TICKET_PRIORITY[priority].label.toLowerCase()}`,
        [{ ...nothing(ticket), priority: ticket.priority }],
      ),
    assign: (ticket, to) =>
      void decide(
        to === null ? { ...nothing(ticket), unassign: true } : { ...nothing(ticket), assigned_to: to.id },
        to === null ? `${ticketName(ticket)} is unassigned` : `${ticketName(ticket)} is assigned to ${to.name}`,
        [
          ticket.assigned_to === null
            ? { ...nothing(ticket), unassign: true }
            : { ...nothing(ticket), assigned_to: ticket.assigned_to },
        ],
      ),
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
