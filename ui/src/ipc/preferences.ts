import { useQueryClient } from "@tanstack/react-query";
import type { Preferences } from "../bindings/contract";
import { useRead, useWrite } from "./queries";

/** What stands until the program has said what this person chose. */
export const DEFAULT_PREFERENCES: Preferences = {
  color_scheme: "system",
  density: "normal",
  text_weight: "auto",
  sidebar: "full",
  single_key_shortcuts: true,
};

export type PreferencesHandle = {
  preferences: Preferences;
  /** Applies at once and is kept by the program; when that fails the choice holds until the program ends. */
  change: (patch: Partial<Preferences>) => void;
};

export function usePreferences(): PreferencesHandle {
  const client = useQueryClient();
  const read = useRead("preferences.get", {});
  const write = useWrite("preferences.set");
  const preferences = read.data ?? DEFAULT_PREFERENCES;
  return {
    preferences,
    change: (patch) => {
      const next = { ...preferences, ...patch };
      client.setQueryData(["preferences.get", {}], next);
      write.mutate(next);
    },
  };
}
