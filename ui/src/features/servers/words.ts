import { CircleCheck, CircleDashed, CircleHelp, CircleMinus, CircleX, Clock, Loader } from "lucide-react";
import type { IntentRow, ServerAct } from "../../bindings/contract";
import type { StatusLook } from "../../ui/status";

export type ActKind = ServerAct["kind"];

/** What is done, as a heading and for "… of web-01". */
const INTENT: Readonly<Record<string, string>> = {
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

export function intentName(kind: string): string {
  return INTENT[kind] ?? sentence(kind);
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

/** What goes on with an intent, in a sentence. */
export function intentProgress(intent: IntentRow): string {
  switch (intent.state) {
    case "waiting":
      return (
        intent.error ??
        (intent.held_by_somebody
          ? "It is being prepared."
          : "It waits for a desk that holds the workspace key, or for the agent.")
      );
    case "sending":
      return "It is being sent to Linode.";
    case "running":
      return "Linode is at work on it.";
    case "unknown":
      return intent.error ?? "Its answer was lost. It is looked for, and nothing is sent twice.";
    case "done":
      return "Linode has done it.";
    default:
      return intent.error ?? "It was not carried out.";
  }
}

const EVENT: Readonly<Record<string, string>> = {
  linode_create: "Created",
  linode_boot: "Started",
  linode_shutdown: "Shut down",
  linode_reboot: "Rebooted",
  linode_resize: "Resized",
  linode_resize_create: "Resize asked for",
  linode_resize_warm_create: "Resize asked for, while it runs on",
  linode_rebuild: "Rebuilt",
  linode_delete: "Deleted",
  linode_update: "Changed",
  linode_snapshot: "Snapshot",
  linode_clone: "Cloned",
  linode_migrate: "Migrated",
  linode_migrate_datacenter: "Moved to another region",
  linode_addip: "Address added",
  linode_deleteip: "Address removed",
  linode_mutate: "Upgraded by Linode",
  backups_enable: "Backups switched on",
  backups_cancel: "Backups switched off",
  backups_restore: "Restored from a backup",
  password_reset: "Root password reset",
  host_reboot: "Host rebooted by Linode",
  lassie_reboot: "Rebooted by Linode’s watchdog",
  lish_boot: "Started from Linode’s console",
};

/** What the provider calls it, in words; an action that nobody knows reads as it is written. */
export function eventName(action: string): string {
  return EVENT[action] ?? sentence(action.replace(/^linode_/, ""));
}

const EVENT_STATE: Readonly<Record<string, StatusLook>> = {
  scheduled: { label: "Scheduled", tone: "info", icon: Clock },
  started: { label: "Under way", tone: "info", icon: Loader },
  finished: { label: "Finished", tone: "success", icon: CircleCheck },
  notification: { label: "Noted", tone: "neutral", icon: CircleDashed },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
  canceled: { label: "Cancelled", tone: "neutral", icon: CircleMinus },
};

export function eventState(state: string): StatusLook {
  return EVENT_STATE[state] ?? { label: state === "" ? "Not known" : state, tone: "neutral", icon: CircleHelp };
}

const LOG: Readonly<Record<string, string>> = {
  "server.create": "Recorded here",
  "server.update": "Changed here",
  "server.delete": "Row removed",
  "server.show_password": "Root password shown",
};

export function logName(action: string): string {
  return LOG[action] ?? sentence(action.replace(/^server\./, ""));
}

/** `lish_boot` as "Lish boot". */
function sentence(word: string): string {
  const text = word.replaceAll(/[._]/g, " ").trim();
  return text === "" ? "Something" : text.charAt(0).toUpperCase() + text.slice(1);
}

const KIB = 1024;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `21.4 GiB` */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= KIB && unit < BYTE_UNITS.length - 1) {
    value /= KIB;
    unit += 1;
  }
  return `${value.toLocaleString("en-US", { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${BYTE_UNITS[unit]}`;
}

/** `4 GB` of megabytes, as plans and providers count them. */
export function formatMegabytes(megabytes: number): string {
  if (megabytes < KIB) return `${megabytes.toLocaleString("en-US")} MB`;
  return `${(megabytes / KIB).toLocaleString("en-US", { maximumFractionDigits: 1 })} GB`;
}

/** What a plan or a server has: `2 CPU, 4 GB, 80 GB disk`. */
export function sizeText(size: { vcpus: number | null; memory_mb: number | null; disk_gb: number | null }): string {
  const parts = [
    size.vcpus === null ? null : `${size.vcpus} CPU`,
    size.memory_mb === null ? null : `${formatMegabytes(size.memory_mb)} RAM`,
    size.disk_gb === null ? null : `${size.disk_gb.toLocaleString("en-US")} GB disk`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
