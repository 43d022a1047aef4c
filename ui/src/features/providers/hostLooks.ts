import { CircleCheck, CircleDot, CirclePause, CircleX, TriangleAlert } from "lucide-react";
import type { Engine, HostRow } from "../../bindings/contract";
import type { StatusLook } from "../../ui/status";

const GIGABYTE = 1024 ** 3;

/** An engine and its computer in a few words. */
export function engineText(engine: Engine): string {
  const memory = engine.memory_bytes === null ? null : `${Math.max(1, Math.round(engine.memory_bytes / GIGABYTE))} GB`;
  const parts = [
    engine.version === null ? null : `Docker ${engine.version}`,
    engine.cpus === null ? null : `${engine.cpus} cores`,
    memory,
    engine.storage_driver,
  ];
  return parts.filter((part) => part !== null).join(", ") || "Not asked yet";
}

/** How a host is, in a word. */
export function hostHealth(row: HostRow): StatusLook {
  if (!row.is_active) return { label: "Switched off", tone: "neutral", icon: CirclePause };
  if (row.papers === "sealed_before" || row.papers === "not_sealed")
    return { label: "Certificates unusable", tone: "danger", icon: CircleX };
  if (hostAsksForGone(row)) return { label: "Asks", tone: "warning", icon: TriangleAlert };
  if (row.last_sync?.status === "failed") return { label: "Not read", tone: "danger", icon: CircleX };
  if (row.observed_at === null) return { label: "Not read yet", tone: "info", icon: CircleDot };
  return { label: "Healthy", tone: "success", icon: CircleCheck };
}

/** What is wrong, in a sentence. */
export function hostProblem(row: HostRow): string | null {
  if (!row.is_active) return null;
  if (row.papers === "sealed_before")
    return "Its certificates were sealed with a workspace key that is lost. Replace them.";
  if (row.papers === "not_sealed")
    return "Its certificates were written by another program and are not sealed. Replace them.";
  const status = row.last_sync?.status;
  return status === "failed" || status === "stopped" ? (row.last_sync?.error ?? null) : null;
}

/** More than a tenth of its containers would be gone at once. */
export function hostAsksForGone(row: HostRow): boolean {
  return row.is_active && row.last_sync?.error_code === "sync_many_gone";
}

/** Another engine answers at its address. */
export function hostOtherEngine(row: HostRow): boolean {
  return row.is_active && row.last_sync?.error_code === "docker_other_engine";
}
