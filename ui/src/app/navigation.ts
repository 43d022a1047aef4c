import {
  ArrowRightLeft,
  Building2,
  Inbox,
  type LucideIcon,
  MonitorSmartphone,
  Server,
  Settings,
  Users,
} from "lucide-react";
import type { Area, ShellSummary } from "../bindings/contract";

export type NavigationEntry = {
  to: "/tickets" | "/organizations" | "/users" | "/servers" | "/transactions" | "/desks" | "/settings";
  label: string;
  icon: LucideIcon;
  /** Left out for those who may not read it. */
  area: Area | null;
  count: ((summary: ShellSummary) => number) | null;
  /** What waits for this person: the only number that is red. */
  waiting: ((summary: ShellSummary) => number) | null;
  /** The second key of the shortcut that begins with g. */
  key: string;
};

export type NavigationGroup = { title: string | null; entries: ReadonlyArray<NavigationEntry> };

export const NAVIGATION: ReadonlyArray<NavigationGroup> = [
  {
    title: null,
    entries: [
      {
        to: "/tickets",
        label: "Tickets",
        icon: Inbox,
        area: "tickets",
        count: null,
        waiting: (summary) => summary.tickets_mine_unanswered,
        key: "t",
      },
    ],
  },
  {
    title: "Customers",
    entries: [
      {
        to: "/organizations",
        label: "Organizations",
        icon: Building2,
        area: "organizations",
        count: (summary) => summary.organizations,
        waiting: null,
        key: "o",
      },
      {
        to: "/users",
        label: "Users",
        icon: Users,
        area: "users",
        count: (summary) => summary.users,
        waiting: null,
        key: "u",
      },
    ],
  },
  {
    title: "Infrastructure",
    entries: [
      {
        to: "/servers",
        label: "Servers",
        icon: Server,
        area: "servers",
        count: (summary) => summary.servers,
        waiting: null,
        key: "s",
      },
    ],
  },
  {
    title: "Billing",
    entries: [
      {
        to: "/transactions",
        label: "Transactions",
        icon: ArrowRightLeft,
        area: "transactions",
        count: null,
        waiting: null,
        key: "x",
      },
    ],
  },
  {
    title: "System",
    entries: [
      { to: "/desks", label: "Desks", icon: MonitorSmartphone, area: "roles", count: null, waiting: null, key: "d" },
      { to: "/settings", label: "Settings", icon: Settings, area: null, count: null, waiting: null, key: "," },
    ],
  },
];
