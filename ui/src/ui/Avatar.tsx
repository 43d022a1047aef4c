import { cx } from "../lib/cx";
import { initials } from "../lib/format";

type AvatarProps = { name: string | null; size?: "md" | "lg"; tone?: "plain" | "primary"; label?: boolean };

/** Initials in a circle. Decoration beside a name; `label` gives it the name where it stands alone. */
export function Avatar({ name, size = "md", tone = "plain", label = false }: AvatarProps) {
  const classes = cx("avatar", size === "lg" && "avatar-lg", tone === "primary" && "avatar-primary");
  if (label) {
    return (
      <span className={classes} role="img" aria-label={name ?? "Unknown"}>
        {initials(name)}
      </span>
    );
  }
  return (
    <span className={classes} aria-hidden>
      {initials(name)}
    </span>
  );
}
