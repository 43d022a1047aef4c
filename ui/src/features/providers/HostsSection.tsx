import { useState } from "react";
import type { HostRow } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { isLive, useTasks } from "../../ipc/tasks";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { showToast } from "../../ui/Toast";
import { RenameAccountDialog } from "./AccountDialogs";
import { AddHostDialog, ReplaceHostDialog } from "./HostDialogs";
import { type HostDeed, HostsPanel } from "./HostsPanel";
import { engineText } from "./hostLooks";

type HostsSectionProps = {
  readonly hosts: ReadonlyArray<HostRow>;
  readonly disabledReason: string | null;
  /** Why certificates can't be sealed now. */
  readonly sealReason: string | null;
  readonly onProblem: (problem: string | null) => void;
};

type Open = { readonly deed: "add" } | { readonly deed: HostDeed; readonly host: HostRow };

/** The Docker hosts with what is done about them. */
export function HostsSection({ hosts, disabledReason, sealReason, onProblem }: HostsSectionProps) {
  const [open, setOpen] = useState<Open | null>(null);
  const tasks = useTasks().filter((task) => task.kind === "sync" && isLive(task));
  const sync = useWrite("providers.sync");
  const check = useWrite("hosts.check");
  const switchTo = useWrite("providers.set_active");
  const stop = useWrite("tasks.cancel");
  const close = () => setOpen(null);

  function begin(host: HostRow, allowGone: boolean): void {
    onProblem(null);
    sync.mutate(
      { id: host.id, allow_gone: allowGone },
      { onSuccess: close, onError: ({ error }) => onProblem(allowGone ? null : error.message) },
    );
  }

  function ask(host: HostRow, accept: boolean): void {
    onProblem(null);
    check.mutate(
      { id: host.id, accept_other: accept },
      {
        onSuccess: ({ engine }) => {
          showToast({ title: `${host.label} answers`, description: `${engineText(engine)}.` });
          close();
        },
        onError: ({ error }) => onProblem(accept ? null : error.message),
      },
    );
  }

  function act(host: HostRow, deed: HostDeed): void {
    onProblem(null);
    sync.reset();
    check.reset();
    switchTo.reset();
    if (deed === "sync") begin(host, false);
    else if (deed === "check") ask(host, false);
    else if (deed === "switch" && !host.is_active)
      switchTo.mutate({ id: host.id, active: true }, { onError: ({ error }) => onProblem(error.message) });
    else setOpen({ deed, host });
  }

  return (
    <>
      <HostsPanel
        hosts={hosts}
        tasks={tasks}
        reason={disabledReason}
        onAdd={() => setOpen({ deed: "add" })}
        onDeed={act}
        onStop={(id) => stop.mutate({ id }, { onError: ({ error }) => onProblem(error.message) })}
      />
      {open?.deed === "add" ? (
        <AddHostDialog disabledReason={disabledReason} sealReason={sealReason} onClose={close} />
      ) : null}
      {open?.deed === "replace" ? (
        <ReplaceHostDialog host={open.host} disabledReason={disabledReason} sealReason={sealReason} onClose={close} />
      ) : null}
      {open?.deed === "rename" ? (
        <RenameAccountDialog account={open.host} disabledReason={disabledReason} onClose={close} />
      ) : null}
      {open?.deed === "allow_gone" ? (
        <ConfirmDialog
          title={`Sync ${open.host.label}, and let containers go`}
          description="Each container that the list doesn’t have is asked for by its ID. Those that the host doesn’t know are marked gone, and their hours wait for your decision from when they were last seen. Nothing is deleted."
          action="Sync and allow"
          pending={sync.isPending}
          failure={sync.error === null ? null : { title: "The sync did not begin", error: sync.error.error }}
          onConfirm={() => begin(open.host, true)}
          onClose={close}
        />
      ) : null}
      {open?.deed === "accept_other" ? (
        <ConfirmDialog
          title={`Another engine as ${open.host.label}`}
          description="Another engine answers at this address than the one whose containers are known. If it has really taken the other’s place, the next sync reads its containers; those of the old one are then missing there."
          action="Accept the engine"
          pending={check.isPending}
          failure={check.error === null ? null : { title: "It was not accepted", error: check.error.error }}
          onConfirm={() => ask(open.host, true)}
          onClose={close}
        />
      ) : null}
      {open?.deed === "switch" ? (
        <ConfirmDialog
          title={`Switch off ${open.host.label}`}
          description="Its containers are not read any more, and keep the state that they have. They stay billed. It can be switched on again."
          action="Switch off host"
          pending={switchTo.isPending}
          failure={switchTo.error === null ? null : { title: "It was not switched off", error: switchTo.error.error }}
          onConfirm={() => switchTo.mutate({ id: open.host.id, active: false }, { onSuccess: close })}
          onClose={close}
        />
      ) : null}
    </>
  );
}
