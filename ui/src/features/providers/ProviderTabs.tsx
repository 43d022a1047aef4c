import { useNavigate, useSearch } from "@tanstack/react-router";
import { Segmented } from "../../ui/Segmented";

const TABS = [
  { value: "accounts", label: "Accounts" },
  { value: "scripts", label: "StackScripts" },
  { value: "networking", label: "Networking" },
] as const;

export type ProviderTab = (typeof TABS)[number]["value"];

/** What the URL says; anything else is the accounts. */
export function useProviderTab(): ProviderTab {
  const { tab } = useSearch({ from: "/providers" });
  return TABS.find((each) => each.value === tab)?.value ?? "accounts";
}

/** The parts of what servers are set up with. */
export function ProviderTabs({ tab }: { readonly tab: ProviderTab }) {
  const navigate = useNavigate();
  return (
    <Segmented
      label="What to show"
      value={tab}
      options={TABS}
      onChange={(next) => void navigate({ to: "/providers", search: next === "accounts" ? {} : { tab: next } })}
    />
  );
}
