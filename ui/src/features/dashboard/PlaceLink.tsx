import { Link, useRouter } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { Place } from "./links";

type PlaceLinkProps = { readonly place: Place; readonly quiet?: boolean; readonly label?: string };

/** A link to where something is dealt with; nothing where this program has no such page. */
export function PlaceLink({ place, quiet = false, label }: PlaceLinkProps) {
  const router = useRouter();
  if (!Object.hasOwn(router.routesByPath, place.to)) return null;
  return (
    <Link
      to={place.to as "/"}
      search={place.search as never}
      className={quiet ? "btn btn-ghost btn-sm" : "btn btn-sm"}
      aria-label={label}
    >
      {place.label}
      {quiet && <ChevronRight className="icon-xs" aria-hidden />}
    </Link>
  );
}
