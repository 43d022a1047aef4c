import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleX, Loader, type LucideIcon } from "lucide-react";
import { useState } from "react";
import type { IntentPlaced, IntentRow } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { Withdraw } from "../../lib/IntentsTable";
import { intentPercent, intentProgress, isOver } from "../../lib/intents";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { Money } from "../../ui/Text";
import { PasswordDialog } from "./PasswordDialog";

const WATCH_MS = 1_500;

type OrderProgressProps = {
  readonly placed: IntentPlaced;
  readonly label: string;
  readonly onAgain: () => void;
};

/** An order on its way: written down, sent, made. Leaving the page ends nothing. */
export function OrderProgress({ placed, label, onAgain }: OrderProgressProps) {
  const read = useRead(
    "intents.get",
    { id: placed.id },
    { refetchMs: (intent) => (intent === undefined || !isOver(intent) ? WATCH_MS : null) },
  );
  const [showing, setShowing] = useState(false);
  const withdrawReason = useWriteReason("power");
  const intent = read.data;
  if (intent === undefined) {
    return read.error === null ? (
      <Skeleton lines={4} />
    ) : (
      <ErrorBlock
        title="How the order goes could not be read"
        error={read.error.error}
        notDone="The order is written down, and goes on."
        onRetry={() => void read.refetch()}
      />
    );
  }
  const server = intent.server_id;
  return (
    <section className="page-body selectable" aria-label="How the order goes">
      <Panel title={`Order of ${label}`} className="order-progress">
        <ol className="steps">
          {stepsOf(intent).map((step) => (
            <li key={step.label}>
              <step.icon className={`icon-s ${step.tone}`} aria-hidden />
              <span className={step.tone === "muted" ? "muted" : ""}>{step.label}</span>
            </li>
          ))}
        </ol>
        {intentPercent(intent) === null ? null : (
          <progress
            className="intent-progress"
            max={100}
            value={intentPercent(intent) ?? 0}
            aria-label="Progress at Linode"
          />
        )}
        <p role="status" className={intent.error === null ? "" : "fg-warning"}>
          {intentProgress(intent)}
        </p>
        {isOver(intent) ? null : (
          <p className="small muted">
            <Money amount={placed.held} currency="USD" /> is held of the wallet meanwhile. You can leave this page: it
            goes on, and the server’s page tells how far it is.
          </p>
        )}
        <div className="row">
          {server === null ? null : (
            <Link to="/servers/$id" params={{ id: server }} className="btn btn-primary">
              Open {label}
            </Link>
          )}
          {server === null ? null : <Button onClick={() => setShowing(true)}>Show root password…</Button>}
          {intent.state === "waiting" ? <Withdraw row={intent} reason={withdrawReason} /> : null}
          {intent.state === "failed" || intent.state === "undone" ? (
            <Button variant="primary" onClick={onAgain}>
              Back to the order
            </Button>
          ) : null}
        </div>
      </Panel>
      {showing && server !== null ? (
        <PasswordDialog target={{ id: server, name: label }} onClose={() => setShowing(false)} />
      ) : null}
    </section>
  );
}

type Step = { readonly label: string; readonly icon: LucideIcon; readonly tone: string };

function stepsOf(intent: IntentRow): ReadonlyArray<Step> {
  const sent = intent.sent_at !== null && intent.state !== "waiting";
  const recorded = intent.server_id !== null;
  const failed = intent.state === "failed" || intent.state === "undone";
  const step = (label: string, done: boolean, next: boolean): Step =>
    done
      ? { label, icon: CircleCheck, tone: "fg-success" }
      : failed && next
        ? { label, icon: CircleX, tone: "fg-danger" }
        : next
          ? { label, icon: Loader, tone: "fg-info" }
          : { label, icon: CircleDashed, tone: "muted" };
  const done = intent.state === "done";
  return [
    step("Written down, and the wallet covers it", true, false),
    step("Sent to Linode", sent && intent.state !== "sending", true),
    step("The server is there, and recorded here", recorded, sent),
    step("Its system is set up", done, recorded),
  ];
}
