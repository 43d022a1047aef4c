import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { ShellSummary } from "../bindings/contract";
import { useSession } from "../ipc/session";
import { cx } from "../lib/cx";
import { formatCount } from "../lib/format";
import { Avatar } from "../ui/Avatar";
import { ROLE } from "../ui/status";
import { Tip } from "../ui/Tip";
import { NAVIGATION, type NavigationEntry } from "./navigation";
import { ProfileMenu } from "./ProfileMenu";

type SidebarProps = { rail: boolean; summary: ShellSummary | undefined; onNavigate: () => void };

export function Sidebar({ rail, summary, onNavigate }: SidebarProps) {
  const { session, permissions } = useSession();
  const mayRead = (entry: NavigationEntry): boolean =>
    entry.area === null || permissions.find((each) => each.area === entry.area)?.read !== false;
  const groups = NAVIGATION.map((group) => ({ ...group, entries: group.entries.filter(mayRead) })).filter(
    (group) => group.entries.length > 0,
  );

  return (
    <nav className="side chrome" aria-label="Primary">
      <ProfileMenu rail={rail} />
      <div className="nav">
        {groups.map((group, index) => (
          <Fragment key={group.title ?? "top"}>
            {rail && index > 0 && <hr />}
            {!rail && group.title !== null && <h2>{group.title}</h2>}
            {group.entries.map((entry) => (
              <NavigationLink key={entry.to} entry={entry} rail={rail} summary={summary} onNavigate={onNavigate} />
            ))}
          </Fragment>
        ))}
      </div>
      <div className="me">
        <Avatar name={session.name} tone="primary" label={rail} />
        {!rail && (
          <>
            <span className="grow truncate small">{session.name}</span>
            <span className="tiny muted">{ROLE[session.role]}</span>
          </>
        )}
      </div>
    </nav>
  );
}

type NavigationLinkProps = {
  entry: NavigationEntry;
  rail: boolean;
  summary: ShellSummary | undefined;
  onNavigate: () => void;
};

function NavigationLink({ entry, rail, summary, onNavigate }: NavigationLinkProps) {
  const count = summary === undefined ? 0 : (entry.count?.(summary) ?? 0);
  const waiting = summary === undefined ? 0 : (entry.waiting?.(summary) ?? 0);
  const shown = waiting > 0 ? waiting : count;
  const what = waiting > 0 ? `${entry.label}, ${formatCount(waiting)} waiting for you` : entry.label;
  const Icon = entry.icon;
  const link = (
    <Link to={entry.to} onClick={onNavigate} aria-label={rail ? what : undefined}>
      <Icon aria-hidden />
      {!rail && <span>{entry.label}</span>}
      {!rail && shown > 0 && (
        <span className={cx("nav-count", waiting > 0 && "nav-count-hot")}>
          {formatCount(shown)}
          {waiting > 0 && <span className="sr-only"> waiting for you</span>}
        </span>
      )}
      {rail && waiting > 0 && <span className="nav-dot" />}
    </Link>
  );
  if (!rail) return link;
  return (
    <Tip text={what} side="right">
      {link}
    </Tip>
  );
}
