import type { LucideIcon } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { cx } from "../lib/cx";
import { formatCount } from "../lib/format";

export type SegmentedOption<V extends string> = {
  value: V;
  label: string;
  count?: number | null;
  icon?: LucideIcon | undefined;
};

export type SegmentedProps<V extends string> = {
  label: string;
  value: V | null;
  options: ReadonlyArray<SegmentedOption<V>>;
  onChange: (value: V) => void;
  className?: string;
};

/** One of a few, all visible. One tab stop; arrows move. */
export function Segmented<V extends string>({ label, value, options, onChange, className }: SegmentedProps<V>) {
  const root = useRef<HTMLDivElement>(null);
  const current = options.findIndex((option) => option.value === value);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (Math.max(current, 0) + step + options.length) % options.length;
    const option = options[next];
    if (option === undefined) return;
    onChange(option.value);
    root.current?.querySelectorAll<HTMLButtonElement>("button")[next]?.focus();
  }

  return (
    <div ref={root} className={cx("segmented", className)} role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a styled segment; keys and states are those of a radio group.
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={index === Math.max(current, 0) ? 0 : -1}
          onClick={() => onChange(option.value)}
        >
          {option.icon !== undefined && <option.icon className="icon-xs" aria-hidden />}
          {option.label}
          {option.count !== undefined && option.count !== null && <b>{formatCount(option.count)}</b>}
        </button>
      ))}
    </div>
  );
}
