import { useState } from "react";
import type { ApiError, DeskRow } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { FormDialog } from "../../ui/FormDialog";
import { Segmented } from "../../ui/Segmented";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";

const LOST_MAX = 100;
/** No login is called this. */
const ELSE = "";

type Why = "routine" | "lost";

const TEXT: Readonly<Record<Why, string>> = {
  routine:
    "A new key is made and kept in this computer’s keychain beside the old one, then every secret is sealed anew under it. Everybody goes on working, and desks and scripts that hold the old key get the new one by themselves. When nothing is left under the old key, it is retired and desks drop it. Save a copy of the old key first if you keep backups: it opens what is sealed in them.",
  lost: "The new key can’t be come by from the old one: enter it at the other desks and in scripts afterwards. Whoever has what was lost and an older copy of the database can still read the tokens and passwords in it, so these have to be changed where they are used. This page lists them until they are.",
};

type RotateKeyDialogProps = { readonly disabledReason: string | null; readonly onClose: () => void };

/** Makes another workspace key, from time to time or because somebody's was lost. */
export function RotateKeyDialog({ disabledReason, onClose }: RotateKeyDialogProps) {
  const [why, setWhy] = useState<Why>("routine");
  const [desk, setDesk] = useState<string | null>(null);
  const [other, setOther] = useState("");
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const rotate = useWrite("workspace_key.rotate");
  const desks = useRead("desks.list", {});
  const lost = desk === ELSE ? other.trim() : desk;
  const isMissing = why === "lost" && (lost === null || lost === "");

  function submit(): void {
    if (isMissing) {
      setMissing(true);
      return;
    }
    setFailure(null);
    rotate.mutate(
      { lost: why === "lost" ? lost : null },
      { onSuccess: onClose, onError: ({ error }) => setFailure(error) },
    );
  }

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Rotate workspace key"
      submitLabel="Rotate key"
      onSubmit={submit}
      pending={rotate.isPending}
      dirty={why === "lost"}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The key was not rotated", error: failure }}
    >
      <Segmented
        label="Why"
        value={why}
        options={[
          { value: "routine", label: "From time to time" },
          { value: "lost", label: "The key was lost" },
        ]}
        onChange={setWhy}
      />
      <p className="dialog-text">{TEXT[why]}</p>
      {why === "lost" ? (
        <>
          <Select
            label="What was lost"
            value={desk}
            onChange={setDesk}
            error={missing && desk === null ? "Choose what was lost." : undefined}
            help="A desk that is still in use is revoked on the page Desks."
            options={[
              ...(desks.data?.rows ?? []).filter((row) => !row.is_own).map(lostDesk),
              { value: ELSE, label: "Something else", hint: "A file or a paper with the key" },
            ]}
          />
          {desk === ELSE ? (
            <TextField
              label="What it is called"
              placeholder="The copy in the safe"
              maxLength={LOST_MAX}
              value={other}
              onChange={(event) => setOther(event.currentTarget.value)}
              error={missing && isMissing ? "Say what was lost." : undefined}
            />
          ) : null}
        </>
      ) : null}
    </FormDialog>
  );
}

function lostDesk(row: DeskRow): { value: string; label: string; hint: string } {
  const state = row.revoked_at === null ? "" : ", revoked";
  return { value: row.login, label: row.label, hint: `${row.login}${state}` };
}
