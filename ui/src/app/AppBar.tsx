import { useRouter } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, PanelLeft, Search } from "lucide-react";
import type { ShellSummary } from "../bindings/contract";
import { IconButton } from "../ui/Button";
import { Kbd } from "../ui/Kbd";
import { Notifications } from "./Notifications";
import { shellState } from "./shellState";
import { TaskIndicator } from "./tasks/TaskIndicator";
import { useHistoryEnds } from "./useHistoryEnds";

type AppBarProps = { summary: ShellSummary | undefined; onToggleSidebar: () => void };

export function AppBar({ summary, onToggleSidebar }: AppBarProps) {
  const { history } = useRouter();
  const ends = useHistoryEnds();
  return (
    <header className="top chrome">
      <IconButton icon={PanelLeft} label="Toggle sidebar" shortcut="Mod+B" onClick={onToggleSidebar} />
      <IconButton
        icon={ArrowLeft}
        label="Back"
        shortcut="Alt+←"
        disabledReason={ends.canGoBack ? null : "There is nothing to go back to."}
        onClick={() => history.back()}
      />
      <IconButton
        icon={ArrowRight}
        label="Forward"
        shortcut="Alt+→"
        disabledReason={ends.canGoForward ? null : "There is nothing to go forward to."}
        onClick={() => history.forward()}
      />
      <button type="button" className="command-field" onClick={() => shellState.set({ paletteOpen: true })}>
        <Search className="icon-s" aria-hidden />
        <span className="grow truncate">Search or run a command</span>
        <Kbd keys="Mod" />
        <Kbd keys="K" />
      </button>
      <TaskIndicator />
      <Notifications summary={summary} />
    </header>
  );
}
