import { Ellipsis, Pencil, Plus, Power, ScrollText, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ScriptRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { plural } from "../../lib/format";
import { Button, IconButton } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Menu } from "../../ui/Menu";
import { PageHeader } from "../../ui/PageHeader";
import { Skeleton } from "../../ui/Skeleton";
import { Time, Unknown } from "../../ui/Text";
import { showToast } from "../../ui/Toast";
import { ProviderTabs } from "./ProviderTabs";
import { ScriptDialog } from "./ScriptDialog";

type Open = { readonly what: "new" } | { readonly what: "edit" | "remove"; readonly script: ScriptRow };

/** The StackScripts that are offered with an order. */
export function ScriptsTab() {
  const read = useRead("scripts.list", {});
  const general = useWriteReason("scripts");
  const reason = reasonAgainst(read.data?.actions ?? [], "edit", general);
  const [open, setOpen] = useState<Open | null>(null);
  const remove = useWrite("scripts.remove");
  const edit = useWrite("scripts.edit");
  const close = () => {
    remove.reset();
    setOpen(null);
  };
  const add = (
    <Button variant="primary" icon={Plus} disabledReason={reason} onClick={() => setOpen({ what: "new" })}>
      Add script
    </Button>
  );
  const scripts = read.data?.scripts;
  const toggle = (script: ScriptRow) =>
    edit.mutate(
      {
        id: script.id,
        fields: { ...fieldsOf(script), is_active: !script.is_active },
        expected_updated_at: script.updated_at,
      },
      {
        onSuccess: () =>
          showToast({ title: `${script.name} is ${script.is_active ? "not offered any more" : "offered"}` }),
        onError: ({ error }) => showToast({ title: "Nothing was changed", description: error.message }),
      },
    );

  return (
    <>
      <PageHeader title="Providers">
        <ProviderTabs tab="scripts" />
        {add}
      </PageHeader>
      {scripts === undefined ? (
        read.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorBlock
            title="The scripts could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
          />
        )
      ) : scripts.length === 0 ? (
        <EmptyState icon={ScrollText} title="No scripts yet" action={add}>
          A StackScript sets a new server up. Offer one of Linode’s or your own, with answers that are given beforehand.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        <section className="setup-scroll" aria-label="Rows of scripts" tabIndex={0}>
          <table className="table">
            <thead className="chrome">
              <tr>
                <th scope="col">Script</th>
                <th scope="col" className="right">
                  Number
                </th>
                <th scope="col">Images</th>
                <th scope="col">Answered beforehand</th>
                <th scope="col">Offered</th>
                <th scope="col" className="right">
                  Changed
                </th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {scripts.map((script) => (
                <tr key={script.id}>
                  <td className="cell-text">
                    <span className="medium">{script.name}</span>{" "}
                    {script.description === null ? null : <span className="muted">{script.description}</span>}
                  </td>
                  <td className="right mono">{script.script_id ?? <Unknown why="None" />}</td>
                  <td className="truncate">
                    {script.images.length === 0 ? "All it is for" : script.images.join(", ")}
                  </td>
                  <td>{answered(script)}</td>
                  <td>{script.is_active ? "Yes" : <span className="muted">No</span>}</td>
                  <td className="right">
                    <Time at={script.updated_at} />
                  </td>
                  <td className="right">
                    <Menu
                      align="end"
                      trigger={<IconButton icon={Ellipsis} label={`Actions for ${script.name}`} />}
                      entries={[
                        {
                          kind: "item",
                          label: "Edit…",
                          icon: Pencil,
                          disabledReason: reason ?? unreadable(script),
                          onSelect: () => setOpen({ what: "edit", script }),
                        },
                        {
                          kind: "item",
                          label: script.is_active ? "Stop offering" : "Offer again",
                          icon: Power,
                          disabledReason: reason ?? unreadable(script),
                          onSelect: () => toggle(script),
                        },
                        { kind: "separator" },
                        {
                          kind: "item",
                          label: "Remove…",
                          icon: Trash2,
                          danger: true,
                          disabledReason: reason,
                          onSelect: () => setOpen({ what: "remove", script }),
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
      {open?.what === "new" ? <ScriptDialog script={null} disabledReason={reason} onClose={close} /> : null}
      {open?.what === "edit" ? <ScriptDialog script={open.script} disabledReason={reason} onClose={close} /> : null}
      {open?.what === "remove" ? (
        <ConfirmDialog
          title={`Remove ${open.script.name}`}
          description="It is not offered any more, and its answers are forgotten. Servers that were set up with it stay as they are, and so does the script at Linode."
          action="Remove script"
          pending={remove.isPending}
          disabledReason={reason}
          failure={remove.error === null ? null : { title: "It was not removed", error: remove.error.error }}
          onConfirm={() =>
            remove.mutate({ id: open.script.id, expected_updated_at: open.script.updated_at }, { onSuccess: close })
          }
          onClose={close}
        />
      ) : null}
    </>
  );
}

function unreadable(script: ScriptRow): string | null {
  return script.is_readable ? null : "Another program has written something here that can’t be read.";
}

/** A row as its form has it. */
function fieldsOf(script: ScriptRow) {
  const { name, images, answers, locked, is_active } = script;
  return {
    name,
    script_id: script.script_id ?? 0,
    description: script.description ?? "",
    images,
    answers,
    locked,
    is_active,
  };
}

function answered(script: ScriptRow): string {
  const count = Object.keys(script.answers).length;
  if (count === 0) return "Nothing";
  const fixed = script.locked.length === 0 ? "" : `, ${script.locked.length} fixed`;
  return `${plural(count, "field")}${fixed}`;
}
