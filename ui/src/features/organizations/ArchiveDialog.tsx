import type { OrganizationRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { showToast } from "../../ui/Toast";

type ArchiveDialogProps = {
  readonly organization: Pick<OrganizationRow, "id" | "name" | "updated_at" | "archived_at">;
  readonly disabledReason: string | null;
  readonly onClose: () => void;
};

/** Mounted while it is open. Says what archiving means now, as the database counts it; restoring needs no warning. */
export function ArchiveDialog({ organization, disabledReason, onClose }: ArchiveDialogProps) {
  const { id, name, updated_at: seen } = organization;
  const restores = organization.archived_at !== null;
  const consequences = useRead("organizations.archive_consequences", { id }, { enabled: !restores });
  const archive = useWrite("organizations.archive");
  const restore = useWrite("organizations.restore");
  const write = restores ? restore : archive;
  const verb = restores ? "Restore" : "Archive";
  const unknown = restores || consequences.data !== undefined ? null : "What it means is not known yet.";
  const onSuccess = () => {
    showToast({ title: restores ? `${name} is back` : `${name} is archived` });
    onClose();
  };
  const failed = restores ? "The organization was not restored" : "The organization was not archived";
  return (
    <ConfirmDialog
      title={`${verb} ${name}?`}
      action={`${verb} ${name}`}
      variant={restores ? "primary" : "danger"}
      pending={write.isPending}
      disabledReason={disabledReason ?? unknown}
      onConfirm={() => write.mutate({ id, expected_updated_at: seen }, { onSuccess })}
      onClose={onClose}
      failure={write.error && { title: failed, error: write.error.error }}
    >
      {restores ? (
        <p>It comes back into the lists, and servers and containers can be assigned to it again.</p>
      ) : consequences.data !== undefined ? (
        <ul className="consequences">
          {consequences.data.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : consequences.error === null ? (
        <Skeleton lines={3} label="What it means is being read" />
      ) : (
        <ErrorBlock
          inline
          title="What archiving means could not be read"
          error={consequences.error.error}
          onRetry={() => void consequences.refetch()}
        />
      )}
    </ConfirmDialog>
  );
}
