import { Ellipsis, Network, Pencil, Plus, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import type { NetworkRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { Button, IconButton } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Menu } from "../../ui/Menu";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { NetworkDialog } from "./NetworkDialog";
import { ProviderTabs } from "./ProviderTabs";

type Open = { readonly what: "new" } | { readonly what: "edit" | "remove"; readonly row: NetworkRow };

/** What addresses are called, and what other programs keep beside that. */
export function NetworkingTab() {
  const read = useRead("networking.list", {});
  const general = useWriteReason("networking");
  const reason = reasonAgainst(read.data?.actions ?? [], "edit", general);
  const [open, setOpen] = useState<Open | null>(null);
  const remove = useWrite("networking.remove");
  const edit = useWrite("networking.edit");
  const rows = read.data?.rows;
  const close = () => {
    remove.reset();
    setOpen(null);
  };
  const add = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setOpen({ what: "new" })}>
      Add configuration
    </Button>
  );
  const toggle = (row: NetworkRow) =>
    edit.mutate(
      { id: row.id, config: row.config, is_active: !row.is_active, expected_updated_at: row.updated_at },
      {
        onSuccess: () => showToast({ title: `${row.type} ${row.is_active ? "doesn’t count any more" : "counts"}` }),
        onError: ({ error }) => showToast({ title: "Nothing was changed", description: error.message }),
      },
    );

  return (
    <>
      <PageHeader
        title="Providers"
        note={read.data?.rdns_base == null ? undefined : `Addresses are named under ${read.data.rdns_base}`}
      >
        <ProviderTabs tab="networking" />
        {add}
      </PageHeader>
      {rows === undefined ? (
        read.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorBlock
            title="Networking could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )
      ) : rows.length === 0 ? (
        <EmptyState icon={Network} title="Nothing is set up yet" action={add}>
          Name a domain, and an address such as 203.0.113.9 is called 203-0-113-9 under it.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        <section className="setup-scroll" aria-label="Rows of networking" tabIndex={0}>
          <table className="table">
            <thead className="chrome">
              <tr>
                <th scope="col">Type</th>
                <th scope="col">Configuration</th>
                <th scope="col">Counts</th>
                <th scope="col" className="right">
                  Changed
                </th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>{row.type === "rdns" ? "Reverse names" : row.type}</td>
                  <td className="cell-text mono truncate">{row.rdns_base ?? row.config.replace(/\s+/g, " ")}</td>
                  <td>{row.is_active ? "Yes" : <span className="muted">No</span>}</td>
                  <td className="right">
                    <Time at={row.updated_at} />
                  </td>
                  <td className="right">
                    <Menu
                      align="end"
                      trigger={<IconButton icon={Ellipsis} label={`Actions for ${row.type}`} />}
                      entries={[
                        {
                          kind: "item",
                          label: "Edit…",
                          icon: Pencil,
                          disabledReason: reason,
                          onSelect: () => setOpen({ what: "edit", row }),
                        },
                        {
                          kind: "item",
                          label: row.is_active ? "Let it not count" : "Let it count",
                          icon: Power,
                          disabledReason: reason,
                          onSelect: () => toggle(row),
                        },
                        { kind: "separator" },
                        {
                          kind: "item",
                          label: "Remove…",
                          icon: Trash2,
                          danger: true,
                          disabledReason: reason,
                          onSelect: () => setOpen({ what: "remove", row }),
                        },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {open?.what === "new" ? <NetworkDialog row={null} disabledReason={reason} onClose={close} /> : null}
      {open?.what === "edit" ? <NetworkDialog row={open.row} disabledReason={reason} onClose={close} /> : null}
      {open?.what === "remove" ? (
        <ConfirmDialog
          title={`Remove ${open.row.type === "rdns" ? "the domain of reverse names" : open.row.type}`}
          description="What other programs keep in it is lost, too. Names that addresses have already stay."
          action="Remove configuration"
          pending={remove.isPending}
          disabledReason={reason}
          failure={remove.error === null ? null : { title: "It was not removed", error: remove.error.error }}
          onConfirm={() =>
            remove.mutate({ id: open.row.id, expected_updated_at: open.row.updated_at }, { onSuccess: close })
          }
          onClose={close}
        />
      ) : null}
    </>
  );
}
