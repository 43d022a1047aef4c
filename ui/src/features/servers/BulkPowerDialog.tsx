import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX, Loader } from "lucide-react";
import { useState } from "react";
import type { ServerRow } from "../../bindings/contract";
import { callConfirmed } from "../../ipc/confirmation";
import { asCallError } from "../../ipc/error";
import { refreshAfter } from "../../ipc/queries";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ACTS, type PowerKind, powerReason } from "./acts";
import { serverName } from "./columns";

type BulkPowerDialogProps = {
  readonly kind: PowerKind;
  readonly rows: ReadonlyArray<ServerRow>;
  readonly onClose: () => void;
};

type Outcome = { readonly state: "asked" } | { readonly state: "refused"; readonly why: string };

/** One after the other; a refusal of one leaves the others. Each has a key of its own, made when this opens. */
export function BulkPowerDialog({ kind, rows, onClose }: BulkPowerDialogProps) {
  const [keys] = useState(() => new Map(rows.map((row) => [row.id, crypto.randomUUID() as string])));
  const [outcomes, setOutcomes] = useState<ReadonlyMap<number, Outcome>>(new Map());
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const able = rows.filter((row) => powerReason(kind, row) === null);
  const over = !busy && able.length > 0 && able.every((row) => outcomes.has(row.id));
  const { label } = ACTS[kind];

  const run = async () => {
    setBusy(true);
    const told = new Map(outcomes);
    for (const row of able) {
      if (told.get(row.id)?.state === "asked") continue;
      try {
        await callConfirmed("servers.act", { server_id: row.id, act: { kind }, key: keys.get(row.id) ?? "" });
        told.set(row.id, { state: "asked" });
      } catch (thrown) {
        const error = asCallError(thrown)?.error;
        if (error === undefined) throw thrown;
        told.set(row.id, { state: "refused", why: error.message });
      }
      setOutcomes(new Map(told));
    }
    await refreshAfter(client, "servers.act");
    setBusy(false);
  };

  const asked = [...outcomes.values()].filter((outcome) => outcome.state === "asked").length;
  return (
    <Dialog
      open
      onClose={busy ? () => undefined : onClose}
      title={`${label} ${plural(able.length, "server")}?`}
      description={
        able.length === rows.length
          ? "Each is written down and carried out on its own."
          : `${plural(rows.length - able.length, "server is left as it is", "servers are left as they are")}; each of the others is written down and carried out on its own.`
      }
      dirty={busy}
      footer={
        over ? (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose} disabledReason={busy ? "They are being asked for." : null}>
              Cancel
            </Button>
            <Button
              variant={kind === "shutdown" ? "danger" : "primary"}
              pending={busy}
              disabledReason={able.length === 0 ? "None of them can be." : null}
              onClick={() => void run()}
            >
              {`${label} ${plural(able.length, "server")}`}
            </Button>
          </>
        )
      }
    >
      <p className="sr-only" role="status">
        {outcomes.size === 0 ? "" : `${asked} of ${able.length} asked for`}
      </p>
      <ul className="bulk-list selectable">
        {rows.map((row) => (
          <li key={row.id} className="row">
            <span className="grow truncate">
              <span className="medium">{serverName(row)}</span>{" "}
              <span className="muted">{row.organization ?? "Nobody’s"}</span>
            </span>
            <Told reason={powerReason(kind, row)} outcome={outcomes.get(row.id)} busy={busy} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Told({
  reason,
  outcome,
  busy,
}: {
  readonly reason: string | null;
  readonly outcome: Outcome | undefined;
  readonly busy: boolean;
}) {
  if (reason !== null) return <span className="small muted">{reason}</span>;
  if (outcome === undefined) {
    return busy ? <Loader className="icon-s muted" aria-label="Waiting" /> : null;
  }
  if (outcome.state === "asked") {
    return (
      <span className="status status-plain fg-success">
        <CircleCheck aria-hidden />
        Asked for
      </span>
    );
  }
  return (
    <span className="small fg-danger bulk-why" title={outcome.why}>
      <CircleX className="icon-s" aria-hidden /> {outcome.why}
    </span>
  );
}
