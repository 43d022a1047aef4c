import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError, WorkspaceKeyState } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { FormDialog } from "../../ui/FormDialog";
import { PasswordField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

const TEXT: Readonly<Record<Exclude<WorkspaceKeyState, "held">, string>> = {
  not_made:
    "No workspace key was made yet. It seals the tokens of accounts, so that the database alone can’t open them. Make it once; keep a copy in a safe place.",
  missing:
    "This desk doesn’t have the workspace key, so it can’t sync or change tokens. Enter it from another desk’s copy, or from the file of csctl db init.",
  wrong:
    "The workspace key in this desk’s keychain is another one, or an older one from which the newest can’t be come by: it was made after a loss. Enter the newest.",
  locked: "The keychain is locked or failed, and the workspace key is in it. Unlock it, then try again.",
};

type KeyNoticeProps = {
  readonly state: WorkspaceKeyState;
  readonly disabledReason: string | null;
  readonly onRetry: () => void;
};

/** What to do when this desk can't open what is sealed; nothing when it can. */
export function KeyNotice({ state, disabledReason, onRetry }: KeyNoticeProps) {
  const [dialog, setDialog] = useState<"enter" | "make" | "replace" | null>(null);
  // A dialog stays until it has said how it went: by then the key may be held.
  return (
    <>
      {state === "held" ? null : (
        <div className="notice notice-warning key-notice" role="status">
          <KeyRound aria-hidden />
          <span className="grow">{TEXT[state]}</span>
          {state === "locked" ? (
            <Button size="sm" onClick={onRetry}>
              Try again
            </Button>
          ) : null}
          {state === "not_made" ? (
            <Button size="sm" disabledReason={disabledReason} onClick={() => setDialog("make")}>
              Make workspace key
            </Button>
          ) : null}
          {state === "missing" || state === "wrong" ? (
            <>
              <Button size="sm" disabledReason={disabledReason} onClick={() => setDialog("replace")}>
                It is lost…
              </Button>
              <Button size="sm" disabledReason={disabledReason} onClick={() => setDialog("enter")}>
                Enter workspace key
              </Button>
            </>
          ) : null}
        </div>
      )}
      {dialog === "enter" ? <EnterKeyDialog onClose={() => setDialog(null)} /> : null}
      {dialog === "make" || dialog === "replace" ? (
        <MakeKeyDialog replace={dialog === "replace"} onClose={() => setDialog(null)} />
      ) : null}
    </>
  );
}

function EnterKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const give = useWrite("workspace_key.give");
  const form = useForm<{ key: string }>({ mode: "onTouched", defaultValues: { key: "" } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((values) => {
    setFailure(null);
    give.mutate(
      { key: values.key.trim() },
      {
        onSuccess: () => {
          showToast({ title: "The workspace key is in the keychain" });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, ["key"], form.setError)),
      },
    );
  });
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Enter workspace key"
      description="It is checked against the fingerprint in the database, then kept in this computer’s keychain. It never goes into the database."
      submitLabel="Keep key"
      onSubmit={(event) => void submit(event)}
      pending={give.isPending}
      dirty={isDirty}
      failure={failure === null ? null : { title: "The key was not kept", error: failure }}
    >
      <PasswordField
        label="Workspace key"
        help="The line that begins with cswk-."
        error={errors.key?.message}
        {...form.register("key", { validate: (key) => key.trim() !== "" || "Enter the key." })}
      />
    </FormDialog>
  );
}

function MakeKeyDialog({ replace, onClose }: { readonly replace: boolean; readonly onClose: () => void }) {
  const make = useWrite("workspace_key.make");
  const words = replace
    ? {
        title: "Make a new workspace key",
        text: "Only if the old key is lost for good. What it has sealed can’t be opened any more: every account needs its token again, and every other desk the new key.",
        confirm: "Make new key",
      }
    : {
        title: "Make workspace key",
        text: "The key is made on this computer and kept in its keychain; the database gets a fingerprint only. Save a copy afterwards: without the key the sealed tokens are lost.",
        confirm: "Make key",
      };
  return (
    <ConfirmDialog
      title={words.title}
      description={words.text}
      action={words.confirm}
      variant={replace ? "danger" : "primary"}
      pending={make.isPending}
      failure={make.error === null ? null : { title: "No key was made", error: make.error.error }}
      onClose={onClose}
      onConfirm={() =>
        make.mutate(
          { replace },
          {
            onSuccess: ({ path }) => {
              showToast({
                title: "The workspace key is made",
                description:
                  path === null ? "Save a copy: “Save workspace key” writes it to a file." : `A copy is in ${path}.`,
              });
              onClose();
            },
          },
        )
      }
    />
  );
}
