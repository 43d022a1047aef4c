import type { ParkedRow, RunRow } from "../../bindings/contract";

/** Why a run left an organization out, and what to do about it. */
const SKIPPED: Readonly<Record<string, string>> = {
  no_wallet: "It has no wallet. Its hours are kept and are charged once it has one.",
  foreign_currency: "Its wallet is in another currency than the panel’s; a run charges one currency only.",
  usage_too_large:
    "Its usage is more than wallets and invoices hold: a rate is wrong. Its hours are kept; mend the rate of its plan.",
  changed_since_preview: "Something of it has changed since the preview. Its hours are kept for the next run.",
};

export function skippedReason(reason: string): string {
  return SKIPPED[reason] ?? reason.replaceAll("_", " ");
}

type ParkedWords = {
  /** What it waits for. */
  readonly label: string;
  readonly why: string;
  /** A person decides; otherwise it goes on by itself when what is missing is there. */
  readonly decidable: boolean;
};

export function parkedWords(row: Pick<ParkedRow, "reason" | "plan">): ParkedWords {
  switch (row.reason) {
    case "no_plan":
      return { label: "A plan", why: "It has none, so its hours have no price.", decidable: false };
    case "no_rate":
      return {
        label: "A price",
        why: `Its plan${row.plan === null ? "" : `, ${row.plan},`} has no rate and no cost.`,
        decidable: false,
      };
    case "adopted":
      return {
        label: "A decision",
        why: "It was there before this workspace and had never been billed.",
        decidable: true,
      };
    case "gone":
      return { label: "A decision", why: "The provider doesn’t have it any more.", decidable: true };
    case "no_wallet":
      return { label: "A wallet", why: "Its organization has none.", decidable: false };
    case "inactive_currency":
      return { label: "A currency", why: "Its wallet’s currency is not in use.", decidable: false };
    default:
      return { label: row.reason.replaceAll("_", " "), why: "", decidable: false };
  }
}

/** How long a run took; null while it goes on or when that was not written down. */
export function runDurationMs(run: Pick<RunRow, "started_at" | "finished_at">): number | null {
  if (run.finished_at === null) return null;
  const ms = Date.parse(run.finished_at) - Date.parse(run.started_at);
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** What a run's ending means for who reads it; nothing when there is nothing to explain. */
export function runExplained(run: RunRow): string | null {
  switch (run.status) {
    case "collected":
      return "It collected what one organization owed when money came into its wallet, up to the last run’s time.";
    case "partial":
      return "Everybody was looked at, but something was left out or waits; the rest was charged in full.";
    case "cancelled":
      return "It was stopped before its end. What it charged stays charged; the next run goes on from there.";
    case "failed":
      return "It could not go on. What it charged stays charged, nobody was charged in part for a step, and the next run goes on from there.";
    case "open":
      return run.is_alive
        ? null
        : "It has given no sign of life for a minute. The next run gives it up and goes on from there; what it charged stays charged.";
    default:
      return null;
  }
}
