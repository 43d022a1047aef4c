import {
  ArrowRightLeft,
  Bell,
  Box,
  Building2,
  FileText,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  Network,
  Palette,
  Percent,
  ReceiptText,
  Scale,
  ScrollText,
  Server,
  Settings,
  Tags,
  Users,
} from "lucide-react";
import type { Area, ShellSummary } from "../bindings/contract";

export type NavigationEntry = {
  to:
    | "/dashboard"
    | "/tickets"
    | "/notifications"
    | "/organizations"
    | "/users"
    | "/servers"
    | "/containers"
    | "/providers"
    | "/drift"
    | "/plans"
    | "/transactions"
    | "/billing"
    | "/invoices"
    | "/margin"
    | "/activity"
    | "/api-keys"
    | "/desks"
    | "/themes"
    | "/settings";
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
        to: "/dashboard",
        label: "Dashboard",
        icon: LayoutDashboard,
        area: null,
        count: null,
        waiting: null,
        key: "d",
      },
      {
        to: "/tickets",
        label: "Tickets",
        icon: Inbox,
        area: "tickets",
        count: null,
        waiting: (summary) => summary.tickets_mine_unanswered,
        key: "t",
      },
      {
        to: "/notifications",
        label: "Notifications",
        icon: Bell,
        area: "notifications",
        count: (summary) => summary.notifications_unread,
        waiting: null,
        key: "n",
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
      {
        to: "/containers",
        label: "Containers",
        icon: Box,
        area: "containers",
        count: (summary) => summary.containers,
        waiting: null,
        key: "c",
      },
      {
        to: "/providers",
        label: "Providers",
        icon: Network,
        area: "providers",
        count: null,
        waiting: null,
        key: "v",
      },
      {
        to: "/drift",
        label: "Drift",
        icon: Scale,
        area: "servers",
        count: (summary) => summary.drift,
        waiting: null,
        key: "f",
      },
    ],
  },
  {
    title: "Billing",
    entries: [
      {
        to: "/plans",
        label: "Plans & pricing",
        icon: Tags,
        area: "plans",
        count: null,
        waiting: null,
        key: "p",
      },
      {
        to: "/transactions",
        label: "Transactions",
        icon: ArrowRightLeft,
        area: "transactions",
        count: null,
        waiting: null,
        key: "x",
      },
      {
        to: "/billing",
        label: "Billing runs",
        icon: ReceiptText,
        area: "usage",
        count: null,
        waiting: null,
        key: "b",
      },
      {
        to: "/invoices",
        label: "Invoices",
        icon: FileText,
        area: "invoices",
        count: null,
        waiting: null,
        key: "i",
      },
      {
        to: "/margin",
        label: "Margin",
        icon: Percent,
        area: "plan_costs",
        count: null,
        waiting: null,
        key: "m",
      },
    ],
  },
  {
    title: "System",
    entries: [
      {
        to: "/activity",
        label: "Activity log",
        icon: ScrollText,
        area: "activity_log",
        count: null,
        waiting: null,
        key: "a",
      },
      { to: "/themes", label: "Themes", icon: Palette, area: "themes", count: null, waiting: null, key: "h" },
      { to: "/api-keys", label: "API keys", icon: KeyRound, area: "api_keys", count: null, waiting: null, key: "k" },
      { to: "/desks", label: "Desks", icon: MonitorSmartphone, area: "roles", count: null, waiting: null, key: "e" },
      { to: "/settings", label: "Settings", icon: Settings, area: null, count: null, waiting: null, key: "," },
    ],
  },
];
