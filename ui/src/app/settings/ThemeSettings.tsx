import { useState } from "react";
import type { ThemeMode, ThemeNotice } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { plural } from "../../lib/format";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Switch } from "../../ui/Switch";
import { setBuiltInTheme, usesBuiltInTheme } from "../appearance";
import { Swatch } from "../themes/Swatches";

const MODE: Readonly<Record<ThemeMode, string>> = { light: "Light", dark: "Dark" };

export function ThemeSettings() {
  const theme = useRead("themes.active", {});
  const [builtIn, setBuiltIn] = useState(usesBuiltInTheme());

  if (theme.error !== null && theme.data === undefined) {
    return (
      <ErrorBlock title="The theme could not be read" error={theme.error.error} onRetry={() => void theme.refetch()} />
    );
  }
  if (theme.data === undefined) return <Skeleton />;
  const { name, notices } = theme.data;
  return (
    <>
      <Panel title="Theme">
        <div className="setting">
          <div className="grow">
            <p className="medium">{name ?? "Built-in"}</p>
            <p className="field-help">
              {name === null ? "The business has set no theme of its own." : "Set by the business, for everybody."}
            </p>
          </div>
        </div>
        {name !== null && (
          <div className="setting">
            <Switch
              label="Use the built-in theme on this desk"
              help="Ctrl+Alt+0 does the same, whatever the colours are."
              checked={builtIn}
              onChange={(on) => {
                setBuiltInTheme(on);
                setBuiltIn(on);
              }}
            />
          </div>
        )}
      </Panel>
      {notices.length > 0 && (
        <Panel title="Adjusted for readability" count={plural(notices.length, "change")}>
          <ul>
            {notices.map((notice) => (
              <Notice key={`${notice.mode} ${notice.token} ${notice.reason}`} notice={notice} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Notice({ notice }: { notice: ThemeNotice }) {
  return (
    <li className="setting">
      <div className="grow">
        <p className="medium">
          {notice.token === null ? "Whole theme" : <span className="mono">{notice.token}</span>}
          {notice.mode !== null && <span className="muted"> · {MODE[notice.mode]}</span>}
        </p>
        <p className="field-help">{notice.reason}</p>
      </div>
      {notice.before !== null && <Swatch color={notice.before} label="before" />}
      {notice.after !== null && <Swatch color={notice.after} label="after" />}
    </li>
  );
}
