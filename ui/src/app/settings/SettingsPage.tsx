import { Link, useSearch } from "@tanstack/react-router";
import { Landmark, Monitor, Palette, Plug, ShieldCheck, SunMoon } from "lucide-react";
import { PageHeader } from "../../ui/PageHeader";
import { AppearanceSettings } from "./AppearanceSettings";
import { BusinessSettings } from "./BusinessSettings";
import { ConnectionSettings } from "./ConnectionSettings";
import { SecuritySettings } from "./SecuritySettings";
import { SessionSettings } from "./SessionSettings";
import { ThemeSettings } from "./ThemeSettings";

const TABS = [
  { tab: "appearance", label: "Appearance", icon: SunMoon, Content: AppearanceSettings },
  { tab: "connection", label: "Connection", icon: Plug, Content: ConnectionSettings },
  { tab: "business", label: "Business", icon: Landmark, Content: BusinessSettings },
  { tab: "themes", label: "Theme", icon: Palette, Content: ThemeSettings },
  { tab: "security", label: "Security", icon: ShieldCheck, Content: SecuritySettings },
  { tab: "sessions", label: "Sessions", icon: Monitor, Content: SessionSettings },
] as const;

export function SettingsPage() {
  const search = useSearch({ from: "/settings" });
  const current = TABS.find((each) => each.tab === search.tab) ?? TABS[0];
  return (
    <>
      <PageHeader title="Settings" />
      <div className="settings">
        <nav className="settings-nav chrome" aria-label="Settings">
          {TABS.map(({ tab, label, icon: Icon }) => (
            <Link key={tab} to="/settings" search={{ tab }} aria-current={tab === current.tab ? "page" : undefined}>
              <Icon className="icon-s" aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <div className="settings-body">
          <div className="settings-column">
            <current.Content />
          </div>
        </div>
      </div>
    </>
  );
}
