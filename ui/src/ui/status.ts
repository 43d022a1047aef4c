import {
  ChevronDown,
  ChevronsUp,
  ChevronUp,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleMinus,
  CirclePause,
  CirclePlay,
  CircleStop,
  CircleX,
  ClipboardCheck,
  Clock,
  ClockAlert,
  Equal,
  Loader,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import type {
  Environment,
  InvoiceStatus,
  Role,
  RunRow,
  TicketPriority,
  TicketStatus,
  TransactionStatus,
  TransactionType,
} from "../bindings/contract";

export type Tone = "info" | "warning" | "success" | "danger" | "neutral";
export type StatusLook = { label: string; tone: Tone; icon: LucideIcon };

export const TICKET_STATUS: Readonly<Record<TicketStatus, StatusLook>> = {
  open: { label: "Open", tone: "info", icon: CircleDot },
  in_progress: { label: "In progress", tone: "warning", icon: CircleDashed },
  resolved: { label: "Resolved", tone: "success", icon: CircleCheck },
  closed: { label: "Closed", tone: "neutral", icon: CircleMinus },
};

export const TICKET_PRIORITY: Readonly<Record<TicketPriority, StatusLook>> = {
  urgent: { label: "Urgent", tone: "danger", icon: ChevronsUp },
  high: { label: "High", tone: "warning", icon: ChevronUp },
  medium: { label: "Medium", tone: "neutral", icon: Equal },
  low: { label: "Low", tone: "neutral", icon: ChevronDown },
};

/** What a stored status reads like today: what is pending is overdue once its grace time has ended. */
export const INVOICE_STATE: Readonly<Record<Exclude<InvoiceStatus, "pending"> | "in_review" | "overdue", StatusLook>> =
  {
    in_review: { label: "In review", tone: "info", icon: ClipboardCheck },
    overdue: { label: "Overdue", tone: "danger", icon: ClockAlert },
    paid: { label: "Paid", tone: "success", icon: CircleCheck },
    failed: { label: "Failed", tone: "danger", icon: CircleX },
    cancelled: { label: "Cancelled", tone: "neutral", icon: CircleMinus },
  };

export const TRANSACTION_STATUS: Readonly<Record<TransactionStatus, StatusLook>> = {
  pending: { label: "Pending", tone: "info", icon: Clock },
  completed: { label: "Completed", tone: "success", icon: CircleCheck },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
};

export const TRANSACTION_TYPE: Readonly<Record<TransactionType, string>> = {
  deposit: "Deposit",
  charge: "Charge",
  refund: "Refund",
  adjustment: "Adjustment",
};

export const ROLE: Readonly<Record<Role, string>> = {
  admin: "Admin",
  support: "Support",
  finance: "Finance",
  user: "Customer",
};

export const ENVIRONMENT: Readonly<Record<Environment, string>> = {
  local: "This computer",
  production: "Production",
  staging: "Staging",
  development: "Development",
};

/** What the provider says of a server; its list can grow, so anything else is shown as it comes. */
const SERVER_STATUS: Readonly<Record<string, StatusLook>> = {
  running: { label: "Running", tone: "success", icon: CirclePlay },
  offline: { label: "Stopped", tone: "neutral", icon: CircleStop },
  stopped: { label: "Stopped", tone: "neutral", icon: CircleStop },
  error: { label: "Error", tone: "danger", icon: CircleX },
  booting: { label: "Booting", tone: "info", icon: Loader },
  rebooting: { label: "Rebooting", tone: "info", icon: Loader },
  shutting_down: { label: "Shutting down", tone: "info", icon: Loader },
  provisioning: { label: "Provisioning", tone: "info", icon: Loader },
  deleting: { label: "Deleting", tone: "info", icon: Loader },
  rebuilding: { label: "Rebuilding", tone: "info", icon: Loader },
  cloning: { label: "Cloning", tone: "info", icon: Loader },
  restoring: { label: "Restoring", tone: "info", icon: Loader },
  migrating: { label: "Migrating", tone: "warning", icon: Loader },
  resizing: { label: "Resizing", tone: "warning", icon: Loader },
  billing_suspension: { label: "Suspended", tone: "danger", icon: CircleX },
};

export const UNKNOWN_STATUS: StatusLook = { label: "Not known", tone: "neutral", icon: CircleHelp };

export function serverStatus(raw: string | null): StatusLook {
  if (raw === null || raw === "") return UNKNOWN_STATUS;
  return SERVER_STATUS[raw] ?? { label: raw, tone: "neutral", icon: CircleHelp };
}

const RUN_STATUS: Readonly<Record<string, StatusLook>> = {
  open: { label: "Charging", tone: "info", icon: Loader },
  completed: { label: "Completed", tone: "success", icon: CircleCheck },
  partial: { label: "Partial", tone: "warning", icon: TriangleAlert },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
  cancelled: { label: "Cancelled", tone: "neutral", icon: CircleMinus },
  collected: { label: "Collected", tone: "success", icon: CircleCheck },
};

/** A run that has given no sign of life for a minute has been lost; the next one goes on from there. */
export function runStatus(run: Pick<RunRow, "status" | "is_alive">): StatusLook {
  if (run.status === "open" && !run.is_alive) return { label: "Interrupted", tone: "warning", icon: TriangleAlert };
  return RUN_STATUS[run.status] ?? { label: run.status, tone: "neutral", icon: CircleHelp };
}

/** What Docker says of a container. */
const CONTAINER_STATUS: Readonly<Record<string, StatusLook>> = {
  created: { label: "Created", tone: "info", icon: CircleDot },
  pulling: { label: "Pulling", tone: "info", icon: Loader },
  running: { label: "Running", tone: "success", icon: CirclePlay },
  restarting: { label: "Restarting", tone: "warning", icon: Loader },
  unhealthy: { label: "Unhealthy", tone: "warning", icon: TriangleAlert },
  paused: { label: "Paused", tone: "neutral", icon: CirclePause },
  exited: { label: "Exited", tone: "neutral", icon: CircleStop },
  removing: { label: "Removing", tone: "info", icon: Loader },
  dead: { label: "Dead", tone: "danger", icon: CircleX },
  gone: { label: "Gone", tone: "danger", icon: CircleX },
};

export const CONTAINER_STATUSES: ReadonlyArray<string> = Object.keys(CONTAINER_STATUS);

export function containerStatus(raw: string | null): StatusLook {
  if (raw === null || raw === "") return UNKNOWN_STATUS;
  return CONTAINER_STATUS[raw] ?? { label: raw, tone: "neutral", icon: CircleHelp };
}

/** Another program's word is shown as it comes. */
export function invoiceState(raw: string): StatusLook {
  const known: Readonly<Record<string, StatusLook>> = INVOICE_STATE;
  return known[raw] ?? { label: raw, tone: "neutral", icon: CircleHelp };
}
