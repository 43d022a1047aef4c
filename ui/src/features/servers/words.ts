import { CircleCheck, CircleDashed, CircleHelp, CircleMinus, CircleX, Clock, Loader } from "lucide-react";
import type { ServerAct } from "../../bindings/contract";
import { sentence } from "../../lib/format";
import type { StatusLook } from "../../ui/status";

export type ActKind = ServerAct["kind"];

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
