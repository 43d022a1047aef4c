import {
  Archive,
  ArchiveX,
  Camera,
  HardDriveDownload,
  KeyRound,
  type LucideIcon,
  Pencil,
  Play,
  Power,
  RefreshCw,
  RotateCcw,
  Scaling,
  Trash2,
} from "lucide-react";
import type { Action, ServerRow } from "../../bindings/contract";
import { reasonAgainst } from "../../lib/actions";
import type { MenuEntry } from "../../ui/Menu";
import type { ActKind } from "./words";

export type PowerKind = "boot" | "shutdown" | "reboot";
/** Everything that a person starts from the page's head; names of addresses and backups are chosen where they are shown. */
export type PageAct = Exclude<ActKind, "rdns" | "restore"> | "show_password";

type Look = { readonly label: string; readonly icon: LucideIcon; readonly danger?: boolean };

export const ACTS: Readonly<Record<PageAct, Look>> = {
  boot: { label: "Start", icon: Play },
  shutdown: { label: "Shut down", icon: Power },
  reboot: { label: "Reboot", icon: RotateCcw },
  resize: { label: "Resize…", icon: Scaling },
  rename: { label: "Rename…", icon: Pencil },
  reset_password: { label: "Reset root password…", icon: KeyRound },
  show_password: { label: "Show root password…", icon: KeyRound },
  snapshot: { label: "Take snapshot…", icon: Camera },
  enable_backups: { label: "Switch backups on…", icon: Archive },
  cancel_backups: { label: "Switch backups off…", icon: ArchiveX, danger: true },
  rebuild: { label: "Rebuild…", icon: HardDriveDownload, danger: true },
  delete: { label: "Delete…", icon: Trash2, danger: true },
};

export const POWER: ReadonlyArray<PowerKind> = ["boot", "shutdown", "reboot"];

/** The entries of a menu, each with why it can't be chosen now. */
export function actEntries(
  kinds: ReadonlyArray<PageAct>,
  actions: ReadonlyArray<Action>,
  general: string | null,
  open: (kind: PageAct) => void,
): Array<MenuEntry> {
  return kinds.map((kind) => ({
    kind: "item",
    label: ACTS[kind].label,
    icon: ACTS[kind].icon,
    danger: ACTS[kind].danger ?? false,
    disabledReason: reasonAgainst(actions, kind, general),
    onSelect: () => open(kind),
  }));
}

/** Of a row of the list, whose open intents nobody has read yet: why it can't be done; the program decides. */
export function powerReason(kind: PowerKind, row: ServerRow): string | null {
  if (row.linode_id === null || row.provider_config_id === null) return "Nobody knows in which account it is.";
  if (row.presence === "gone") return "Its provider says that it doesn’t exist any more.";
  if (kind === "boot" && row.status === "running") return "It is running.";
  if (kind !== "boot" && (row.status === "offline" || row.status === "stopped")) return "It is off.";
  return null;
}

export const POWER_ICON: Readonly<Record<PowerKind, LucideIcon>> = { boot: Play, shutdown: Power, reboot: RefreshCw };
