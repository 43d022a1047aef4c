import { type OrganizationChoice, useOrganizationSearch } from "../ipc/organizationSearch";
import { Combobox } from "../ui/Combobox";

type OrganizationFieldProps = {
  readonly value: OrganizationChoice | null;
  readonly onChange: (organization: OrganizationChoice | null) => void;
  readonly error?: string | undefined;
};

/** Chooses an organization out of all there are; the program searches. */
export function OrganizationField({ value, onChange, error }: OrganizationFieldProps) {
  const { options, onQuery, searching } = useOrganizationSearch();
  return (
    <Combobox
      label="Organization"
      placeholder="Name or ID"
      value={value}
      onChange={(chosen) => onChange(options.find(({ id }) => id === chosen?.id) ?? null)}
      options={options}
      onQuery={onQuery}
      searching={searching}
      emptyText="No organization matches."
      error={error}
    />
  );
}
