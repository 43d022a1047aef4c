import { cx } from "../lib/cx";
import type { StatusLook, Tone } from "./status";

/** Icon, word and tint; `plain` leaves the tint out, for dense lists. */
export function StatusBadge({ look, plain = false }: { look: StatusLook; plain?: boolean }) {
  const Icon = look.icon;
  return (
    <span className={plain ? cx("status status-plain", `fg-${look.tone}`) : cx("status", `tone-${look.tone}`)}>
      <Icon aria-hidden />
      {look.label}
    </span>
  );
}

/** A word with a tint, for what has no icon of its own. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: string }) {
  return <span className={cx("status status-word", `tone-${tone}`)}>{children}</span>;
}
