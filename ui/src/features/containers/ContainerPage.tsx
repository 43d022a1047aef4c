import { Link } from "@tanstack/react-router";
import { ChevronRight, Play, RotateCw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ContainerAct, ContainerDetail } from "../../bindings/contract";
import { useRead, useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { formatClock, formatMoney } from "../../lib/format";
import { IntentsPanel } from "../../lib/IntentsPanel";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import { containerStatus } from "../../ui/status";
import { Money, Rate, Time, Unknown } from "../../ui/Text";
import { ActDialog, told } from "./ActDialog";
import { detailReason } from "./acts";
import { Bindings, EnvironmentNames } from "./ContainerGlance";
import { containerName, stateOf } from "./columns";
import { FiguresPanel } from "./FiguresPanel";
import { HostPanel } from "./HostPanel";
import { LogPanel } from "./LogPanel";
import "./containers.css";

export function ContainerPage({ id }: { readonly id: number }) {
  const read = useRead("containers.get", { id });
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Container" crumbs={<Crumbs />} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorBlock
            title="The container could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
            actions={
              <Link to="/containers" className="btn btn-sm">
                All containers
              </Link>
            }
          />
        )}
      </>
    );
  }
  return (
    <Detail detail={read.data}>
      {read.error === null ? null : (
        <p className="notice notice-danger" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
    </Detail>
  );
}

function Detail({ detail, children }: { readonly detail: ContainerDetail; readonly children: React.ReactNode }) {
  const { container: row, actions } = detail;
  const name = containerName(row);
  const [dialog, setDialog] = useState<Exclude<ContainerAct, "start"> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const start = useWrite("containers.act");
  const area = useWriteReason("containers");
  const power = useWriteReason("power");
  // What the role allows the program says itself; a lost line stands against all of it.
  const lost = actions.some((action) => action.allowed) && area?.startsWith("The connection") === true ? area : null;
  const reason = (act: ContainerAct) => detailReason(row, actions, act, lost);
  const lookReason = reasonAgainst(actions, "look") ?? (row.presence === "gone" ? "Its host has it no more." : null);

  function begin(): void {
    setProblem(null);
    start.mutate(
      { container_id: row.id, act: "start", key: crypto.randomUUID() },
      {
        onSuccess: (placed) => told(name, "start", placed),
        onError: ({ error }) => setProblem(error.message),
      },
    );
  }

  return (
    <>
      <PageHeader title={name} crumbs={<Crumbs />} note={row.host ?? "On no known host"}>
        <Button icon={Trash2} disabledReason={reason("remove")} onClick={() => setDialog("remove")}>
          Remove…
        </Button>
        <Button icon={RotateCw} disabledReason={reason("restart")} onClick={() => setDialog("restart")}>
          Restart…
        </Button>
        {row.status === "running" || row.status === "restarting" || row.status === "paused" ? (
          <Button icon={Square} disabledReason={reason("stop")} onClick={() => setDialog("stop")}>
            Stop…
          </Button>
        ) : (
          <Button
            variant="primary"
            icon={Play}
            pending={start.isPending}
            disabledReason={reason("start")}
            onClick={begin}
          >
            Start
          </Button>
        )}
      </PageHeader>
      <section className="page-body selectable" aria-label={name}>
        {children}
        {problem === null ? null : (
          <p className="notice notice-danger" role="alert">
            {problem}
          </p>
        )}
        {row.presence === "gone" ? (
          <p className="notice notice-danger" role="status">
            <span>
              Its host has it no more; it was last seen <Time at={row.seen_at} style="detail" />. Its hours wait from
              then on for a person’s decision.
            </span>
          </p>
        ) : row.presence === "missing" ? (
          <p className="notice notice-warning" role="status">
            The last sync didn’t see it. That proves nothing yet: the next one asks for it by its ID.
          </p>
        ) : null}
        <div className="container-grid">
          <div className="container-column">
            <FiguresPanel id={row.id} runs={row.status === "running"} disabledReason={lookReason} />
            <LogPanel id={row.id} name={name} disabledReason={lookReason} />
            <IntentsPanel of="container_id" id={row.id} withdrawReason={power} />
          </div>
          <div className="container-column">
            <Facts detail={detail} />
            <Billing detail={detail} />
            <HostPanel id={row.id} disabledReason={lookReason} />
          </div>
        </div>
      </section>
      {dialog === null ? null : (
        <ActDialog row={row} act={dialog} disabledReason={reason(dialog)} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

function Crumbs() {
  return (
    <>
      <Link to="/containers">Containers</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

function Facts({ detail }: { readonly detail: ContainerDetail }) {
  const { container: row } = detail;
  return (
    <Panel title="Container" actions={<StatusBadge look={containerStatus(stateOf(row))} plain />}>
      <dl className="facts container-facts">
        <dt>State told</dt>
        <dd>
          <Time at={row.seen_at} style="detail" unknown="No sync has read it" />
        </dd>
        <dt>Image</dt>
        <dd className="mono">{row.image ?? <Unknown />}</dd>
        <dt>Container ID</dt>
        <dd>
          {row.container_id === null ? (
            <Unknown why="None" />
          ) : (
            <span className="row gap-4">
              <span className="mono">{row.container_id.slice(0, 12)}</span>
              <CopyButton text={row.container_id} label="Copy container ID" iconOnly />
            </span>
          )}
        </dd>
        <dt>Ports</dt>
        <dd>
          <Bindings bindings={row.ports} inner="not published" />
        </dd>
        <dt>Volumes</dt>
        <dd>
          <Bindings bindings={row.volumes} inner="kept by its host" />
        </dd>
        <dt>Environment</dt>
        <dd>
          <EnvironmentNames row={row} />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={row.created_at} style="detail" />
        </dd>
      </dl>
    </Panel>
  );
}

function Billing({ detail }: { readonly detail: ContainerDetail }) {
  const { container: row, plan, wallet } = detail;
  return (
    <Panel title="Billing">
      <dl className="facts container-facts">
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            "Nobody: it is not billed"
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Plan</dt>
        <dd>{row.plan ?? <Unknown why="No plan: its hours wait for one" />}</dd>
        <dt>Sells</dt>
        <dd>
          {plan === null
            ? "Nothing"
            : [
                plan.cpu_cores === null ? null : `${plan.cpu_cores} cores`,
                plan.memory_mb === null ? null : `${plan.memory_mb} MB`,
                plan.disk_gb === null ? null : `${plan.disk_gb} GB disk`,
              ]
                .filter((part) => part !== null)
                .join(", ") || "No limits"}
        </dd>
        <dt>Rate</dt>
        <dd>
          <Rate rate={row.hourly_rate} /> per hour
          {plan === null || plan.monthly_rate === null
            ? ""
            : `, at most ${formatMoney(plan.monthly_rate, "USD")} a month`}
        </dd>
        <dt>Billed until</dt>
        <dd>
          <Time at={row.last_billed_at} style="detail" unknown="Never billed" />
        </dd>
        {wallet === null ? null : (
          <>
            <dt>Wallet balance</dt>
            <dd>
              <Money amount={wallet.balance} currency="USD" />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
