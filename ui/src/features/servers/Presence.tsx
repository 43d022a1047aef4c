import { CircleCheck, CircleHelp, CircleX, EyeOff } from "lucide-react";
import type { ServerRow } from "../../bindings/contract";
import type { FilterOption } from "../../table/columns";
import { StatusBadge } from "../../ui/StatusBadge";
import type { StatusLook } from "../../ui/status";
import { Time, Unknown } from "../../ui/Text";

const LOOK: Readonly<Record<ServerRow["presence"], StatusLook>> = {
  present: { label: "There", tone: "success", icon: CircleCheck },
  missing: { label: "Missing", tone: "warning", icon: EyeOff },
  gone: { label: "Gone", tone: "danger", icon: CircleX },
  unknown: { label: "Not read", tone: "neutral", icon: CircleHelp },
};

export const PRESENCE_OPTIONS: ReadonlyArray<FilterOption> = Object.entries(LOOK).map(([value, look]) => ({
  value,
  label: look.label,
}));

/** In a list: the age of the state, or what is wrong with it. */
export function Presence({ row }: { readonly row: ServerRow }) {
  switch (row.presence) {
    case "present":
      return <Time at={row.seen_at} />;
    case "unknown":
      return <Unknown why="No sync has looked for it" />;
    default:
      return <StatusBadge look={LOOK[row.presence]} plain />;
  }
}

/** In details: with what it means. */
export function PresenceText({ row }: { readonly row: ServerRow }) {
  const seen = <Time at={row.seen_at} style="detail" unknown="never" />;
  switch (row.presence) {
    case "present":
      return <>Seen {seen}</>;
    case "missing":
      return <>Not in the last list. Last seen {seen}</>;
    case "gone":
      return (
        <>
          <span className="fg-danger">Gone.</span> Last seen {seen}
          {row.organization_id === null ? null : "; its hours wait for a decision from then on"}
        </>
      );
    case "unknown":
      return <Unknown why="No sync has looked for it" />;
  }
}
