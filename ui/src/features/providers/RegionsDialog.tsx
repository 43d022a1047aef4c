import { Search } from "lucide-react";
import { useState } from "react";
import type { AccountRow, RegionList } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { plural } from "../../lib/format";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { FormDialog } from "../../ui/FormDialog";
import { Skeleton } from "../../ui/Skeleton";
import { Badge } from "../../ui/StatusBadge";
import { Switch } from "../../ui/Switch";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

type RegionsDialogProps = {
  readonly account: AccountRow;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

type Region = RegionList["regions"][number];

/** Which regions of an account are sold. The provider is asked for its regions; without an answer, those on sale can be taken off. */
export function RegionsDialog({ account, disabledReason, onClose }: RegionsDialogProps) {
  const read = useRead("providers.regions", { id: account.id });
  const save = useWrite("providers.set_regions");
  const [all, setAll] = useState(account.regions_on_sale.length === 0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(account.regions_on_sale));
  const [search, setSearch] = useState("");
  const known = read.data?.regions ?? [];
  const missing = account.regions_on_sale.filter((id) => !known.some((region) => region.id === id));
  const regions = [...known, ...missing.map(unknownRegion)];
  const looked = search.trim().toLowerCase();
  const shown = regions.filter((region) =>
    `${region.id} ${region.label} ${region.country}`.toLowerCase().includes(looked),
  );
  const before = account.regions_on_sale.length === 0 ? "all" : [...account.regions_on_sale].sort().join(" ");
  const after = all ? "all" : [...chosen].sort().join(" ");

  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Regions on sale of ${account.label}`}
      description="Orders elsewhere are refused, whoever places them. Servers that are there stay as they are."
      submitLabel="Save regions"
      onSubmit={() =>
        save.mutate(
          { id: account.id, regions: all ? [] : [...chosen], expected_updated_at: account.updated_at },
          {
            onSuccess: () => {
              showToast({
                title: `Regions of ${account.label} saved`,
                description: all ? "All regions are sold." : `${plural(chosen.size, "region is", "regions are")} sold.`,
              });
              onClose();
            },
          },
        )
      }
      pending={save.isPending}
      dirty={before !== after}
      disabledReason={
        disabledReason ??
        (!all && chosen.size === 0 ? "Choose a region, or sell all." : before === after ? "Nothing has changed." : null)
      }
      failure={save.error === null ? null : { title: "The regions were not saved", error: save.error.error }}
    >
      <Switch
        label="Sell all regions"
        help="Also those that the provider opens later."
        checked={all}
        onChange={setAll}
      />
      {all ? null : (
        <>
          <TextField
            label="Find a region"
            hideLabel
            icon={Search}
            placeholder="Find a region"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          {read.error === null ? null : (
            <ErrorBlock
              inline
              title="The provider’s regions could not be read"
              error={read.error.error}
              onRetry={() => void read.refetch()}
              retrying={read.isFetching}
            />
          )}
          {read.data === undefined && read.error === null ? <Skeleton lines={6} /> : null}
          <fieldset className="regions">
            <legend className="sr-only">Regions</legend>
            {shown.map((region) => (
              <label key={region.id} className="region">
                <input type="checkbox" checked={chosen.has(region.id)} onChange={() => toggle(region.id)} />
                <span className="mono region-id">{region.id}</span>
                <span className="grow truncate">{region.label}</span>
                {region.status === null || region.status === "ok" ? null : (
                  <Badge tone="warning">{region.status === "outage" ? "Outage" : region.status}</Badge>
                )}
              </label>
            ))}
            {shown.length === 0 && regions.length > 0 ? <p className="muted">No region is called that.</p> : null}
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}

function unknownRegion(id: string): Region {
  return { id, label: "Not in the provider’s list", country: null, status: null, site_type: null };
}
