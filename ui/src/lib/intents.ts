import { CircleCheck, CircleHelp, CircleMinus, CircleX, Clock, Loader } from "lucide-react";
import type { IntentRow } from "../bindings/contract";
import type { StatusLook } from "../ui/status";
import { sentence } from "./format";

/** What is done to servers, as a heading and for "… of web-01". */
const OF_SERVERS: Readonly<Record<string, string>> = {
  order: "Order",
  boot: "Start",
  shutdown: "Shutdown",
  reboot: "Reboot",
  resize: "Resize",
  rebuild: "Rebuild",
  rename: "Rename",
  reset_password: "New root password",
  rdns: "Reverse DNS",
  enable_backups: "Backups on",
  cancel_backups: "Backups off",
  snapshot: "Snapshot",
  restore: "Restore",
  delete: "Deletion",
};

/** What is done to containers. */
const OF_CONTAINERS: Readonly<Record<string, string>> = {
  create: "Creation",
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  remove: "Removal",
};

export function intentName(kind: string): string {
  return OF_SERVERS[kind] ?? OF_CONTAINERS[kind] ?? sentence(kind);
}

const STATE: Readonly<Record<string, StatusLook>> = {
  waiting: { label: "Waiting", tone: "info", icon: Clock },
  sending: { label: "Sending", tone: "info", icon: Loader },
  running: { label: "At work", tone: "info", icon: Loader },
  unknown: { label: "Not known", tone: "warning", icon: CircleHelp },
  done: { label: "Done", tone: "success", icon: CircleCheck },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
  undone: { label: "Withdrawn", tone: "neutral", icon: CircleMinus },
};

export function intentState(state: string): StatusLook {
  return STATE[state] ?? { label: state, tone: "neutral", icon: CircleHelp };
}

export function isOver(intent: Pick<IntentRow, "state">): boolean {
  return intent.state === "done" || intent.state === "failed" || intent.state === "undone";
}

/** How much of what goes on is done in a hundred; null where nobody says, or nothing goes on. */
export function intentPercent(intent: IntentRow): number | null {
  const goes = intent.state === "running" || (intent.state === "waiting" && intent.held_by_somebody);
  return goes ? intent.progress : null;
}

/** What goes on with an intent, in a sentence. */
export function intentProgress(intent: IntentRow): string {
  const place = intent.kind in OF_CONTAINERS ? "Its Docker host" : "Linode";
  switch (intent.state) {
    case "waiting":
      if (intentPercent(intent) !== null) return "Its host gets the image.";
      return (
        intent.error ??
        (intent.held_by_somebody
          ? "It is being prepared."
          : "It waits for a desk that holds the workspace key, or for the agent.")
      );
    case "sending":
      return `It is being sent to ${place === "Linode" ? place : "its Docker host"}.`;
    case "running":
      return `${place} is at work on it.`;
    case "unknown":
      return intent.error ?? "Its answer was lost. It is looked for, and nothing is sent twice.";
    case "done":
      return `${place} has done it.`;
    default:
      return intent.error ?? "It was not carried out.";
  }
}
