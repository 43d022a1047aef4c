import type { Action, TicketRow, TicketStatus } from "../../bindings/contract";

/** The name of the action that leads from one status to another, as the program names it. */
export function moveName(from: TicketStatus, to: TicketStatus): string {
  switch (to) {
    case "in_progress":
      return "start";
    case "resolved":
      return "resolve";
    case "closed":
      return "close";
    case "open":
      return from === "in_progress" ? "release" : "reopen";
  }
}

/** Why an action can't be taken; null when it can. The program decides again when it is asked. */
export function refusal(actions: ReadonlyArray<Action>, name: string): string | null {
  const action = actions.find((each) => each.name === name);
  if (action === undefined || action.allowed) return null;
  return action.reason ?? "This can't be done now.";
}

/** `TKT-4187` as the customer knows it, or the number that we have. */
export function ticketName(ticket: Pick<TicketRow, "id" | "ticket_number">): string {
  return ticket.ticket_number ?? `#${ticket.id}`;
}
