import { ArrowRight, TriangleAlert } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import type { ActOnServerRequest, ApiError, DriftItem, Remedy, ServerAct } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";
import { Exact, Rate } from "../../ui/Text";
import { TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";
import { REMEDY } from "./kinds";

type RemedyDialogProps = {
  readonly row: DriftItem;
  readonly remedy: Remedy;
  readonly onClose: () => void;
};

/** What a remedy would do, as the database says; then one click. Mounted while it is open. */
export function RemedyDialog(props: RemedyDialogProps) {
  switch (props.remedy) {
    case "change_plan":
      return <ChangePlan {...props} />;
    case "take_over":
      return <TakeOver {...props} />;
    default:
      return <Act {...props} />;
  }
}

type FrameProps = RemedyDialogProps & {
  readonly read: { readonly error: ApiError | null; readonly isReady: boolean };
  readonly write: { readonly pending: boolean; readonly failure: ApiError | null };
  readonly onConfirm: () => void;
  readonly children: ReactNode;
};

function Frame({ row, remedy, read, write, onConfirm, onClose, children }: FrameProps) {
  const words = REMEDY[remedy];
  const cancel = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState("");
  // What is on its disks can't be had back: its name is typed.
  const isIrreversible = remedy === "delete";
  const reason = read.error !== null ? read.error.message : read.isReady ? null : "What it does is being read.";
  const untyped = isIrreversible && typed.trim() !== row.label ? `Type ${row.label} first.` : null;
  const close = () => {
    if (!write.pending) onClose();
  };
  return (
    <Dialog
      open
      onClose={close}
      title={`${words.label}: ${row.label}`}
      description={words.what}
      width="small"
      initialFocus={cancel}
      footer={
        <>
          <Button ref={cancel} onClick={close}>
            Cancel
          </Button>
          <Button
            variant={words.danger ? "danger" : "primary"}
            pending={write.pending}
            disabledReason={reason ?? untyped}
            onClick={onConfirm}
          >
            {isIrreversible ? `Delete ${row.label}` : words.label}
          </Button>
        </>
      }
    >
      {read.error === null ? null : <ErrorBlock inline title="It can’t be done" error={read.error} />}
      {read.isReady ? children : read.error === null ? <Skeleton lines={3} /> : null}
      {isIrreversible && read.isReady ? (
        <TextField
          label={`Type ${row.label} to delete it`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
      {write.failure === null ? null : <ErrorBlock inline title="Nothing was changed" error={write.failure} />}
    </Dialog>
  );
}

function actOf(row: DriftItem, remedy: Remedy): ServerAct {
  switch (remedy) {
    case "boot":
      return { kind: "boot" };
    case "shutdown":
      return { kind: "shutdown" };
    case "resize":
      return { kind: "resize", plan_id: row.plan_id ?? 0, warm: false, resize_disk: false };
    default:
      return { kind: "delete" };
  }
}

/** What is done at the provider. */
function Act(props: RemedyDialogProps) {
  const { row, remedy, onClose } = props;
  const [key] = useState(() => crypto.randomUUID());
  const request: ActOnServerRequest = { server_id: row.resource_id, act: actOf(row, remedy), key };
  const preview = useRead("servers.act_preview", request);
  const act = useWrite("servers.act");
  const hours = preview.data?.final_hours ?? 0;
  return (
    <Frame
      {...props}
      read={{ error: preview.error?.error ?? null, isReady: preview.data !== undefined }}
      write={{ pending: act.isPending, failure: act.error?.error ?? null }}
      onConfirm={() =>
        act.mutate(request, {
          onSuccess: ({ carried_out_here }) => {
            showToast({
              title: `${REMEDY[remedy].label}: ${row.label}`,
              description: carried_out_here
                ? "It is being carried out."
                : "It waits for the agent, or for a desk with the workspace key.",
            });
            onClose();
          },
        })
      }
    >
      {remedy === "delete" ? (
        <ul className="drift-consequences">
          <li>Its disks and its backups are lost, and its addresses are given back.</li>
          <li>
            {hours === 0 || preview.data?.final_amount == null ? (
              "Nothing is charged for it any more."
            ) : (
              <>
                <Exact amount={preview.data.final_amount} currency="USD" /> for {plural(hours, "hour")} are still
                charged to {row.organization ?? "its organization"}.
              </>
            )}
          </li>
        </ul>
      ) : remedy === "resize" ? (
        <p>
          It becomes <b className="medium">{preview.data?.plan ?? "what its plan sells"}</b> again
          {row.here === null ? "" : ` (${row.here})`}, and is off for a while. Its price stays.
        </p>
      ) : (
        <p>
          {remedy === "boot"
            ? "The provider starts it. It is charged as before."
            : "The provider shuts it down. It stays billed."}
        </p>
      )}
    </Frame>
  );
}

/** The plan that sells what is there. */
function ChangePlan(props: RemedyDialogProps) {
  const { row, onClose } = props;
  const request = {
    kind: row.resource_kind,
    id: row.resource_id,
    plan_id: row.target_plan_id ?? 0,
    seen_plan_id: row.plan_id,
  };
  const preview = useRead("assignments.preview_plan", request);
  const change = useWrite("assignments.change_plan");
  return (
    <Frame
      {...props}
      read={{ error: preview.error?.error ?? null, isReady: preview.data !== undefined }}
      write={{ pending: change.isPending, failure: change.error?.error ?? null }}
      onConfirm={() =>
        change.mutate(request, {
          onSuccess: (done) => {
            showToast({ title: `${row.label} is on ${done.plan}`, description: "For hours that begin from now." });
            onClose();
          },
        })
      }
    >
      {preview.data === undefined ? null : (
        <>
          <dl className="facts" aria-label="What changes">
            <dt>Plan</dt>
            <dd className="row gap-4">
              {preview.data.old_plan ?? "none"}
              <ArrowRight className="icon-xs muted" aria-label="becomes" />
              <b>{preview.data.plan}</b>
            </dd>
            <dt>Rate</dt>
            <dd className="row gap-4">
              <Rate rate={preview.data.old_rate} />
              <ArrowRight className="icon-xs muted" aria-label="becomes" />
              <b>
                <Rate rate={preview.data.rate} />
              </b>
              an hour
            </dd>
          </dl>
          <Warnings warnings={preview.data.warnings} />
        </>
      )}
    </Frame>
  );
}

/** What the provider says, into the row. */
function TakeOver(props: RemedyDialogProps) {
  const { row, onClose } = props;
  const request = {
    server_id: row.resource_id,
    what: row.kind === "region" ? ("region" as const) : ("address" as const),
    here: row.here,
    there: row.there ?? "",
  };
  const preview = useRead("drift.take_over_preview", request);
  const take = useWrite("drift.take_over");
  return (
    <Frame
      {...props}
      read={{ error: preview.error?.error ?? null, isReady: preview.data !== undefined }}
      write={{ pending: take.isPending, failure: take.error?.error ?? null }}
      onConfirm={() =>
        take.mutate(request, {
          onSuccess: () => {
            showToast({ title: `${row.label}: ${request.what} taken over`, description: request.there });
            onClose();
          },
        })
      }
    >
      {preview.data === undefined ? null : (
        <>
          <dl className="facts" aria-label="What changes">
            <dt>{row.kind === "region" ? "Region" : "IPv4"}</dt>
            <dd className="row gap-4">
              <span className="mono">{preview.data.before ?? "none"}</span>
              <ArrowRight className="icon-xs muted" aria-label="becomes" />
              <b className="mono">{preview.data.after}</b>
            </dd>
          </dl>
          <Warnings warnings={preview.data.warnings} />
        </>
      )}
    </Frame>
  );
}

function Warnings({ warnings }: { readonly warnings: ReadonlyArray<string> }) {
  return warnings.map((warning) => (
    <p key={warning} className="notice notice-warning">
      <TriangleAlert aria-hidden />
      {warning}
    </p>
  ));
}
