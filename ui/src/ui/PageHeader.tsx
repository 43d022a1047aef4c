import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  /** Links to what is above this page, at most two. */
  crumbs?: ReactNode;
  /** Beside the title, quieter. */
  note?: ReactNode;
  /** Filters and actions, right-aligned. */
  children?: ReactNode;
};

/** The 48 px head of every page, with its only `h1`. */
export function PageHeader({ title, crumbs, note, children }: PageHeaderProps) {
  return (
    <header className="page-head chrome">
      {crumbs !== undefined && (
        <nav aria-label="Breadcrumb" className="crumbs">
          {crumbs}
        </nav>
      )}
      <h1 className="truncate">{title}</h1>
      {note !== undefined && <span className="muted num truncate">{note}</span>}
      <span className="grow" />
      {children}
    </header>
  );
}
