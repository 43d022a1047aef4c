import { Play, RotateCw, Square, Trash2 } from "lucide-react";
import type { Action, ContainerAct, ContainerRow } from "../../bindings/contract";
import { reasonAgainst } from "../../lib/actions";
import type { MenuEntry } from "../../ui/Menu";

/** What is done to a container, in words. */
export const ACTS: Readonly<Record<ContainerAct, { verb: string; doing: string; asked: string }>> = {
  start: { verb: "Start", doing: "Starting", asked: "was asked to start" },
  stop: { verb: "Stop", doing: "Stopping", asked: "was asked to stop" },
  restart: { verb: "Restart", doing: "Restarting", asked: "was asked to restart" },
  remove: { verb: "Remove", doing: "Removing", asked: "is being removed" },
};

const ICONS = { start: Play, stop: Square, restart: RotateCw, remove: Trash2 } as const;

/** Why a container can't be reached at all. */
function unreachable(row: ContainerRow): string | null {
  if (row.host_id === null) return "Nobody knows on which host it is: sync the host first.";
  if (row.presence === "gone") return "Its host has it no more.";
  return null;
}

/** Why something can't be done to it now, besides what the role allows. */
export function actReason(row: ContainerRow, act: ContainerAct): string | null {
  const away = unreachable(row);
  if (away !== null) return away;
  if (act === "start" && row.status === "running") return "It runs.";
  if (act === "stop" && (row.status === "exited" || row.status === "created")) return "It doesn\u2019t run.";
  return null;
}

/** The entries of a row's menu about what is done on its host. */
export function actEntries(
  row: ContainerRow,
  reasons: { readonly power: string | null; readonly edit: string | null },
  open: (act: ContainerAct) => void,
): Array<MenuEntry> {
  const entry = (act: ContainerAct, general: string | null): MenuEntry => ({
    kind: "item",
    label: act === "start" ? "Start" : `${ACTS[act].verb}\u2026`,
    icon: ICONS[act],
    disabledReason: general ?? actReason(row, act),
    onSelect: () => open(act),
  });
  return [
    entry("start", reasons.power),
    entry("stop", reasons.power),
    entry("restart", reasons.power),
    entry("remove", reasons.edit),
  ];
}

/** The same of one container that was read in full. */
export function detailReason(
  row: ContainerRow,
  actions: ReadonlyArray<Action>,
  act: ContainerAct,
  lost: string | null,
): string | null {
  return reasonAgainst(actions, act, lost) ?? actReason(row, act);
}
