import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleMinus, CircleStop, CircleX, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import type { ApiError, ClosePreviewAnswer, TaskRow } from "../../bindings/contract";
import { refreshAfter, useRead, useWrite } from "../../ipc/queries";
import { isNothing } from "../../lib/amounts";
import { useNow } from "../../lib/clock";
import { plural } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Select } from "../../ui/Select";
import { Skeleton } from "../../ui/Skeleton";
import { Exact, Money } from "../../ui/Text";
import { monthName, monthsBefore } from "./period";
import "./invoice.css";

const MONTHS_OFFERED = 12;
const LOOK_MS = 400;
const NAMED_MAX = 5;

type CloseMonthDialogProps = { readonly onClose: () => void };

/** Chooses a month, shows what closing it would write, and follows the close. Mounted while it is open. */
export function CloseMonthDialog({ onClose }: CloseMonthDialogProps) {
  const months = monthsBefore(useNow(), MONTHS_OFFERED);
  const [period, setPeriod] = useState(() => months[0] ?? "");
  const [task, setTask] = useState<number | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const preview = useRead("invoices.close_preview", { period }, { enabled: task === null && period !== "" });
  const close = useWrite("invoices.close");

  if (task !== null) return <Progress task={task} period={period} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Close a month"
      description="Issues one numbered invoice to each organization that has used something. It can be repeated: nobody gets two."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Not now
          </Button>
          <Button
            variant="primary"
            pending={close.isPending}
            disabledReason={preview.data === undefined ? "Wait for the preview." : whyNot(preview.data)}
            onClick={() => {
              setFailure(null);
              close.mutate(
                { period },
                { onSuccess: (started) => setTask(started.task), onError: ({ error }) => setFailure(error) },
              );
            }}
          >
            {`Close ${monthName(period)}`}
          </Button>
        </>
      }
    >
      <Select
        label="Month"
        value={period}
        onChange={(next) => {
          setPeriod(next);
          setFailure(null);
        }}
        options={months.map((month) => ({ value: month, label: monthName(month) }))}
      />
      {preview.error !== null ? (
        <ErrorBlock inline title={`${monthName(period)} can’t be closed`} error={preview.error.error} />
      ) : preview.data === undefined ? (
        <Skeleton lines={4} />
      ) : (
        <Preview preview={preview.data} />
      )}
      {failure === null ? null : <ErrorBlock inline title="Nothing was started" error={failure} />}
    </Dialog>
  );
}

function whyNot(preview: ClosePreviewAnswer): string | null {
  return preview.closed ? `${monthName(preview.period)} has been closed before.` : null;
}

function Preview({ preview }: { readonly preview: ClosePreviewAnswer }) {
  const { currency, skipped } = preview;
  if (preview.closed) {
    return (
      <p className="notice notice-info">
        This month has been closed: {plural(preview.already, "invoice")} of{" "}
        <Money amount={preview.already_total} currency={currency} /> in all. Nothing would be issued.
      </p>
    );
  }
  return (
    <>
      <dl className="facts close-preview">
        <dt>Invoices to issue</dt>
        <dd className="medium">{preview.invoices}</dd>
        <dt>Their sum</dt>
        <dd className="medium">
          <Money amount={preview.total} currency={currency} />
        </dd>
        <dt>Usage, exactly</dt>
        <dd>
          <Exact amount={preview.usage} currency={currency} />
        </dd>
        {isNothing(preview.late) ? null : (
          <>
            <dt>Of it, from earlier months</dt>
            <dd>
              <Exact amount={preview.late} currency={currency} />
            </dd>
          </>
        )}
        <dt>Issued already</dt>
        <dd>{preview.already}</dd>
      </dl>
      {preview.billed ? null : (
        <p className="notice notice-info">
          The month’s last hours have not been charged yet. Closing begins with a billing run up to their end.
        </p>
      )}
      {skipped.length === 0 ? null : (
        <p className="notice notice-warning">
          <span>
            {plural(skipped.length, "organization")} with usage will get no invoice, for want of a wallet in {currency}:{" "}
            {skipped
              .slice(0, NAMED_MAX)
              .map((who) => who.organization ?? `ID ${who.organization_id}`)
              .join(", ")}
            {skipped.length > NAMED_MAX ? ` and ${skipped.length - NAMED_MAX} more` : ""}.
          </span>
        </p>
      )}
    </>
  );
}

type ProgressProps = { readonly task: number; readonly period: string; readonly onClose: () => void };

/** The close goes on without this dialog; here it is seen, and can be stopped. */
function Progress({ task, period, onClose }: ProgressProps) {
  const [ended, setEnded] = useState(false);
  const client = useQueryClient();
  const read = useRead("tasks.list", {}, ended ? {} : { refetchMs: LOOK_MS });
  const cancel = useWrite("tasks.cancel");
  const row = read.data?.tasks.find((each) => each.id === task);
  const ending = row === undefined || row.state === "running" || row.state === "stopping" ? null : ENDINGS[row.state];
  const over = ending !== null;

  useEffect(() => {
    if (!over || ended) return;
    setEnded(true);
    void refreshAfter(client, "invoices.close");
  }, [over, ended, client]);

  return (
    <Dialog
      open
      onClose={onClose}
      title={over ? `${monthName(period)}: ${ending}` : `Closing ${monthName(period)}`}
      footer={
        over ? (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button
              icon={CircleStop}
              pending={row?.state === "stopping" || cancel.isPending}
              onClick={() => cancel.mutate({ id: task })}
            >
              Stop
            </Button>
            <Button variant="primary" onClick={onClose}>
              Go on in the background
            </Button>
          </>
        )
      }
    >
      {row !== undefined ? <State row={row} /> : read.error === null ? <Skeleton lines={2} /> : null}
      {read.error === null ? null : (
        <ErrorBlock
          inline
          title="How far it is could not be read"
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      )}
      {cancel.error === null || over ? null : (
        <ErrorBlock inline title="It was not stopped" error={cancel.error.error} />
      )}
    </Dialog>
  );
}

type Ended = Exclude<TaskRow["state"], "running" | "stopping">;

const ENDINGS: Readonly<Record<Ended, string>> = {
  done: "closed",
  cancelled: "stopped",
  failed: "not closed",
};

const LOOKS: Readonly<Record<Ended, { readonly icon: LucideIcon; readonly tint: string }>> = {
  done: { icon: CircleCheck, tint: "fg-success" },
  cancelled: { icon: CircleMinus, tint: "fg-neutral" },
  failed: { icon: CircleX, tint: "fg-danger" },
};

function percent({ done, total }: TaskRow): string {
  return `${Math.floor((done * 100) / total)}%`;
}

function State({ row }: { readonly row: TaskRow }) {
  if (row.state === "running" || row.state === "stopping") {
    return (
      <>
        <progress
          className="close-progress"
          aria-label="Organizations looked at"
          max={row.total === 0 ? undefined : row.total}
          value={row.total === 0 ? undefined : row.done}
        />
        <p className="small num" role="status">
          {row.state === "stopping" ? "Stopping…" : row.total === 0 ? "Beginning…" : percent(row)}
        </p>
        <p className="muted small">{row.on_cancel}</p>
      </>
    );
  }
  const look = LOOKS[row.state];
  return (
    <p className="row" role="status">
      <look.icon className={look.tint} aria-hidden />
      <span>{row.outcome}</span>
    </p>
  );
}
