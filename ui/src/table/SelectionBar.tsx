import { Copy, type LucideIcon, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatCount, plural } from "../lib/format";
import { Button } from "../ui/Button";
import { copyText } from "../ui/copyText";

type SelectionBarProps = {
  /** Null when everything is selected and nobody knows how many that is. */
  readonly count: number | null;
  readonly total: number | null;
  readonly totalIsExact: boolean;
  readonly one: string;
  readonly many: string;
  readonly everything: boolean;
  /** Null when rows are selected that were never read. */
  readonly ids: ReadonlyArray<number> | null;
  /** What can be done with them besides copying. */
  readonly actions: ReadonlyArray<{
    readonly label: string;
    readonly icon: LucideIcon;
    readonly disabledReason: string | null;
    readonly onSelect: (ids: ReadonlyArray<number>) => void;
  }>;
  /** More than a button of what this list can do with them. */
  readonly more: ((ids: ReadonlyArray<number> | null) => ReactNode) | undefined;
  readonly onAll: () => void;
  readonly onClear: () => void;
};

/** What is selected, and what can be done with it. */
export function SelectionBar(props: SelectionBarProps) {
  const { count, total, totalIsExact, one, many, everything, ids, more, onAll, onClear } = props;
  return (
    <>
      <p className="sr-only" role="status">
        {count === 0 ? "" : `${words(count, everything && !totalIsExact, one, many)} selected`}
      </p>
      {count === 0 ? null : (
        <section className="grid-selection" aria-label="Selection">
          <span className="medium num">{words(count, everything && !totalIsExact, one, many)} selected</span>
          {everything || total === null || total === count ? null : (
            <Button size="sm" variant="ghost" onClick={onAll}>
              Select all {formatCount(total, totalIsExact)}
            </Button>
          )}
          <span className="grow" />
          {props.actions.map((action) => (
            <Button
              key={action.label}
              size="sm"
              icon={action.icon}
              disabledReason={
                action.disabledReason ?? (ids === null ? "Not all of the selected rows have been read." : null)
              }
              onClick={() => action.onSelect(ids ?? [])}
            >
              {action.label}
            </Button>
          ))}
          {more?.(ids)}
          <Button
            size="sm"
            icon={Copy}
            disabledReason={ids === null ? "Not all of the selected rows have been read." : null}
            onClick={() => void copyText((ids ?? []).join("\n"), "IDs copied")}
          >
            Copy IDs
          </Button>
          <Button size="sm" variant="ghost" icon={X} shortcut="Esc" onClick={onClear}>
            Clear
          </Button>
        </section>
      )}
    </>
  );
}

function words(count: number | null, open: boolean, one: string, many: string): string {
  if (count === null) return `All ${many}`;
  return open ? `${formatCount(count, false)} ${many}` : plural(count, one, many);
}
