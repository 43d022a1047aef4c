import type { ServerAct } from "../../bindings/contract";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { ACTS, type PowerKind } from "./acts";
import { useAct, useActPreview } from "./useAct";

const MEANS: Readonly<Record<PowerKind, string>> = {
  boot: "It is started. Whether it runs or not, its hours are charged.",
  shutdown: "Its system is asked to end, and what runs on it stops. Its hours are charged on until it is deleted.",
  reboot: "Its system is ended and started anew; what runs on it is away meanwhile.",
};

type PowerDialogProps = {
  readonly kind: PowerKind;
  readonly target: { readonly id: number; readonly name: string };
  readonly onClose: () => void;
};

/** Mounted while it is open. The dry run says whether it can be done now. */
export function PowerDialog({ kind, target, onClose }: PowerDialogProps) {
  const act: ServerAct = { kind };
  const { key, send, pending, failure } = useAct(target, onClose);
  const preview = useActPreview(target.id, act, key);
  const refused = preview.error?.error ?? null;
  const verb = ACTS[kind].label;
  return (
    <ConfirmDialog
      title={`${verb} ${target.name}?`}
      action={`${verb} ${target.name}`}
      variant={kind === "shutdown" ? "danger" : "primary"}
      pending={pending}
      disabledReason={
        refused?.message ?? (preview.data === undefined ? "Whether it can be done is being asked." : null)
      }
      onConfirm={() => send(act)}
      onClose={onClose}
      failure={failure && { title: "Nothing was asked for", error: failure }}
    >
      <p>{MEANS[kind]}</p>
      {refused !== null ? (
        <ErrorBlock inline title="It can’t be done now" error={refused} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Skeleton lines={1} />
      ) : null}
    </ConfirmDialog>
  );
}
