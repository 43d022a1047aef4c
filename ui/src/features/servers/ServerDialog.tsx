import type { ServerDetail } from "../../bindings/contract";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import type { PageAct } from "./acts";
import { DestroyDialog } from "./DestroyDialog";
import { RenameDialog, SnapshotDialog } from "./LabelDialogs";
import { PasswordDialog } from "./PasswordDialog";
import { PowerDialog } from "./PowerDialog";
import { RebuildDialog } from "./RebuildDialog";
import { ResizeDialog } from "./ResizeDialog";
import { useAct, useActPreview } from "./useAct";

type ServerDialogProps = {
  readonly kind: PageAct;
  readonly detail: ServerDetail;
  readonly target: { readonly id: number; readonly name: string };
  readonly onClose: () => void;
};

/** The dialog of what a person has chosen to do. Mounted while it is open. */
export function ServerDialog({ kind, detail, target, onClose }: ServerDialogProps) {
  const currency = detail.wallet?.currency ?? null;
  switch (kind) {
    case "boot":
    case "shutdown":
    case "reboot":
      return <PowerDialog kind={kind} target={target} onClose={onClose} />;
    case "resize":
      return <ResizeDialog detail={detail} target={target} onClose={onClose} />;
    case "rebuild":
      return <RebuildDialog detail={detail} target={target} onClose={onClose} />;
    case "rename":
      return <RenameDialog target={target} onClose={onClose} />;
    case "snapshot":
      return <SnapshotDialog target={target} onClose={onClose} />;
    case "show_password":
      return <PasswordDialog target={target} onClose={onClose} />;
    case "reset_password":
    case "enable_backups":
      return <PlainDialog kind={kind} target={target} onClose={onClose} />;
    case "cancel_backups":
      return (
        <DestroyDialog
          target={target}
          act={{ kind }}
          verb="Switch backups off"
          currency={currency}
          onClose={onClose}
          consequences={[
            "All backups of it are deleted at Linode, the snapshot with them.",
            "The server itself runs on as it is.",
          ]}
        />
      );
    case "delete":
      return (
        <DestroyDialog
          target={target}
          act={{ kind }}
          verb="Delete"
          currency={currency}
          onClose={onClose}
          consequences={[
            "Its disks and its backups are lost, and its addresses go to others.",
            detail.server.organization_id === null
              ? "It is nobody’s: nothing is charged for it."
              : `Its hours end now. What it has cost stays in the books of ${detail.server.organization ?? "its organization"}.`,
          ]}
        />
      );
  }
}

const PLAIN = {
  reset_password: {
    title: (name: string) => `Give root on ${name} another password?`,
    action: "Reset root password",
    text: "A new password is drawn, set by Linode and kept sealed here; the old one ends. It can be shown afterwards. The server stays off until you start it.",
  },
  enable_backups: {
    title: (name: string) => `Switch backups of ${name} on?`,
    action: "Switch backups on",
    text: "Linode then makes one a day and keeps some of them, and takes snapshots. That costs extra at Linode, which no plan of ours charges on.",
  },
} as const;

type PlainDialogProps = Omit<ServerDialogProps, "detail" | "kind"> & { readonly kind: keyof typeof PLAIN };

function PlainDialog({ kind, target, onClose }: PlainDialogProps) {
  const { key, send, pending, failure } = useAct(target, onClose);
  const preview = useActPreview(target.id, { kind }, key);
  const refused = preview.error?.error ?? null;
  const words = PLAIN[kind];
  return (
    <ConfirmDialog
      title={words.title(target.name)}
      action={words.action}
      variant="primary"
      pending={pending}
      disabledReason={
        refused?.message ?? (preview.data === undefined ? "Whether it can be done is being asked." : null)
      }
      onConfirm={() => send({ kind })}
      onClose={onClose}
      failure={failure && { title: "Nothing was asked for", error: failure }}
    >
      <p>{words.text}</p>
      {refused !== null ? (
        <ErrorBlock inline title="It can’t be done now" error={refused} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Skeleton lines={1} />
      ) : null}
    </ConfirmDialog>
  );
}
