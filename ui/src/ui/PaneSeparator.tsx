import { type KeyboardEvent, type PointerEvent, useRef } from "react";

export type PaneSeparatorProps = {
  /** What it resizes: "Ticket list". */
  label: string;
  /** The pane's width in pixels. */
  width: number;
  min: number;
  max: number;
  /** Which side of the separator the resized pane is on. */
  side: "before" | "after";
  onResize: (width: number) => void;
  /** The width that a double click brings back. */
  initial: number;
};

const KEY_STEP = 16;

/** The line between two panes: dragged, or moved with the arrow keys. */
export function PaneSeparator({ label, width, min, max, side, onResize, initial }: PaneSeparatorProps) {
  const drag = useRef<{ x: number; width: number } | null>(null);
  const sign = side === "before" ? 1 : -1;
  const resize = (next: number): void => onResize(Math.round(Math.min(max, Math.max(min, next))));

  function onPointerDown(event: PointerEvent<HTMLDivElement>): void {
    drag.current = { x: event.clientX, width };
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  function onPointerMove(event: PointerEvent): void {
    if (drag.current !== null) resize(drag.current.width + sign * (event.clientX - drag.current.x));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? KEY_STEP : event.key === "ArrowLeft" ? -KEY_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    resize(width + sign * step);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a widget, which hr is not.
    <div
      className="pane-separator"
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width: ${label}`}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = null;
      }}
      onDoubleClick={() => resize(initial)}
      onKeyDown={onKeyDown}
    />
  );
}
