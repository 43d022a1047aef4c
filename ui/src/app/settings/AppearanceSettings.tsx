import type { Preferences } from "../../bindings/contract";
import { usePreferences } from "../../ipc/preferences";
import { Panel } from "../../ui/Panel";
import { Segmented, type SegmentedOption } from "../../ui/Segmented";
import { Switch } from "../../ui/Switch";

const SCHEMES: ReadonlyArray<SegmentedOption<Preferences["color_scheme"]>> = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const DENSITIES: ReadonlyArray<SegmentedOption<Preferences["density"]>> = [
  { value: "compact", label: "Compact" },
  { value: "normal", label: "Normal" },
  { value: "comfortable", label: "Comfortable" },
];
const WEIGHTS: ReadonlyArray<SegmentedOption<Preferences["text_weight"]>> = [
  { value: "auto", label: "Auto" },
  { value: "regular", label: "Regular" },
  { value: "strong", label: "Strong" },
];
const SIDEBARS: ReadonlyArray<SegmentedOption<Preferences["sidebar"]>> = [
  { value: "full", label: "Full" },
  { value: "rail", label: "Icons only" },
];

export function AppearanceSettings() {
  const { preferences, change } = usePreferences();
  return (
    <>
      <Panel title="Appearance">
        <Setting label="Colour scheme" help="System follows this computer's setting.">
          <Segmented
            label="Colour scheme"
            value={preferences.color_scheme}
            options={SCHEMES}
            onChange={(color_scheme) => change({ color_scheme })}
          />
        </Setting>
        <Setting label="Density" help="The height of rows in lists: 28, 32 or 40 pixels.">
          <Segmented
            label="Density"
            value={preferences.density}
            options={DENSITIES}
            onChange={(density) => change({ density })}
          />
        </Setting>
        <Setting label="Text weight" help="Auto draws text a little stronger where the system draws it thin.">
          <Segmented
            label="Text weight"
            value={preferences.text_weight}
            options={WEIGHTS}
            onChange={(text_weight) => change({ text_weight })}
          />
        </Setting>
        <Setting label="Sidebar" help="Ctrl+B switches between the two.">
          <Segmented
            label="Sidebar"
            value={preferences.sidebar}
            options={SIDEBARS}
            onChange={(sidebar) => change({ sidebar })}
          />
        </Setting>
      </Panel>
      <Panel title="Keyboard">
        <div className="setting">
          <Switch
            label="Single-letter shortcuts"
            help="Such as R for a reply or J and K in lists. They never act while you type in a field."
            checked={preferences.single_key_shortcuts}
            onChange={(single_key_shortcuts) => change({ single_key_shortcuts })}
          />
        </div>
      </Panel>
    </>
  );
}

function Setting({ label, help, children }: { label: string; help: string; children: React.ReactNode }) {
  return (
    <div className="setting">
      <div className="grow">
        <p className="medium">{label}</p>
        <p className="field-help">{help}</p>
      </div>
      {children}
    </div>
  );
}
