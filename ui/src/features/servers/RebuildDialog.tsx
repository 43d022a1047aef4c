import { useState } from "react";
import type { ServerAct, ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { FormDialog } from "../../ui/FormDialog";
import { TextField } from "../../ui/TextField";
import { fieldErrors } from "./fieldErrors";
import { missingFrom, NO_SYSTEM, SystemFields, type SystemForm, systemRequest, UnreadNotice } from "./SystemFields";
import { useAct, useActPreview } from "./useAct";

type RebuildDialogProps = {
  readonly detail: ServerDetail;
  readonly target: { readonly id: number; readonly name: string };
  readonly onClose: () => void;
};

/** New disks: all that is on the old ones is lost, so the name is typed. Mounted while it is open. */
export function RebuildDialog({ detail, target, onClose }: RebuildDialogProps) {
  const [form, setForm] = useState<SystemForm>({ ...NO_SYSTEM, image: detail.server.image ?? "" });
  const [typed, setTyped] = useState("");
  const { key, send, pending, failure, setFailure } = useAct(target, onClose);
  const account = detail.server.provider_config_id;
  const offers = useRead(
    "servers.order_offers",
    { account_id: account ?? 0 },
    { enabled: account !== null && detail.live_code === null },
  );
  const act: ServerAct = { kind: "rebuild", system: systemRequest(form, offers.data) };
  // Without the answers, which are secrets: whether it can be done now does not hang on them.
  const preview = useActPreview(
    target.id,
    { kind: "rebuild", system: { ...act.system, answers: {}, authorized_keys: [] } },
    key,
  );
  const refused = preview.error?.error ?? null;
  const missing = missingFrom(form, offers.data);
  const reason =
    refused?.message ??
    missing ??
    (preview.data === undefined
      ? "Whether it can be done is being asked."
      : typed.trim() === target.name
        ? null
        : `Type ${target.name} first.`);
  const errors = fieldErrors(failure);
  return (
    <FormDialog
      open
      onClose={onClose}
      title={`Rebuild ${target.name}`}
      description="Its disks are made anew: everything on them is lost, and root gets another password. Its addresses, its plan and its price stay; backups that are there stay, too. This can’t be undone."
      submitLabel={`Rebuild ${target.name}`}
      submitVariant="danger"
      onSubmit={() => send(act)}
      pending={pending}
      dirty={typed !== "" || form.scriptId !== null || form.keys !== ""}
      disabledReason={reason}
      failure={failure === null || errors.landed ? null : { title: "Nothing was asked for", error: failure }}
    >
      <UnreadNotice offer={offers.data} />
      <SystemFields
        form={form}
        onChange={(next) => {
          setForm(next);
          setFailure(null);
        }}
        offer={offers.data}
        reading={offers.isFetching}
        errors={errors.fields}
      />
      <TextField
        label={`Type ${target.name} to confirm`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
