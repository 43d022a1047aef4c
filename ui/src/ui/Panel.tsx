import { type ReactNode, useId } from "react";
import { cx } from "../lib/cx";

type PanelProps = {
  title: string;
  count?: ReactNode;
  /** At the head's right: links, small buttons. */
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A bordered part of a page. Panels never hold panels. */
export function Panel({ title, count, actions, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={cx("panel", className)} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {count !== undefined && <span className="tiny muted num">{count}</span>}
        <span className="grow" />
        {actions}
      </header>
      {children}
    </section>
  );
}
