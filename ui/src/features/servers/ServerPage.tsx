import { Link } from "@tanstack/react-router";
import { ChevronRight, Copy, MoreHorizontal, ScanEye } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ServerDetail } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useWhoSeesReason, useWriteReason } from "../../ipc/session";
import { reasonAgainst } from "../../lib/actions";
import { asked } from "../../lib/asked";
import { type AssignmentDialogProps, type AssignmentIntent, assignmentEntries } from "../../lib/assignments";
import { formatClock } from "../../lib/format";
import { IntentsPanel } from "../../lib/IntentsPanel";
import { OpenIntents } from "../../lib/OpenIntents";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Menu } from "../../ui/Menu";
import { PageHeader } from "../../ui/PageHeader";
import { Segmented } from "../../ui/Segmented";
import { Skeleton } from "../../ui/Skeleton";
import { StatusBadge } from "../../ui/StatusBadge";
import { serverStatus } from "../../ui/status";
import { Money, Rate, Time, Unknown } from "../../ui/Text";
import { ACTS, actEntries, type PageAct, POWER } from "./acts";
import { BackupsTab } from "./BackupsTab";
import { serverName } from "./columns";
import { GraphsTab } from "./GraphsTab";
import { useRereadAfterSteps } from "./live";
import { NetworkTab } from "./NetworkTab";
import { OverviewTab } from "./OverviewTab";
import { ServerDialog } from "./ServerDialog";
import type { ServerTab } from "./serverSearch";
import { TimelineTab } from "./TimelineTab";
import { sizeText } from "./words";
import "./server.css";

/** As often as Linode's own pages look while something runs. */
const WATCH_MS = 2_000;

const TABS: ReadonlyArray<{ readonly value: ServerTab; readonly label: string }> = [
  { value: "overview", label: "Overview" },
  { value: "graphs", label: "Graphs" },
  { value: "network", label: "Networking" },
  { value: "backups", label: "Backups" },
  { value: "timeline", label: "Timeline" },
  { value: "activity", label: "Activity" },
];

type ServerPageProps = {
  readonly id: number;
  readonly tab: ServerTab;
  readonly onTab: (tab: ServerTab) => void;
  /** Assigning belongs to another feature; the route brings its dialog along. */
  readonly renderAssignment: (dialog: AssignmentDialogProps) => ReactNode;
};

export function ServerPage({ id, tab, onTab, renderAssignment }: ServerPageProps) {
  const read = useRead(
    "servers.get",
    { id },
    { refetchMs: (answer) => (answer !== undefined && answer.open.length > 0 ? WATCH_MS : null) },
  );
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Server" crumbs={<Crumbs />} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorBlock
            title="The server could not be read"
            error={read.error.error}
            onRetry={() => void read.refetch()}
            retrying={read.isFetching}
            actions={
              <Link to="/servers" className="btn btn-sm">
                All servers
              </Link>
            }
          />
        )}
      </>
    );
  }
  return (
    <Detail detail={read.data} tab={tab} onTab={onTab} renderAssignment={renderAssignment}>
      {read.error === null ? null : (
        <p className="notice notice-danger" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
    </Detail>
  );
}

type DetailProps = Omit<ServerPageProps, "id"> & { readonly detail: ServerDetail; readonly children: ReactNode };

function Detail({ detail, tab, onTab, renderAssignment, children }: DetailProps) {
  const { server, actions } = detail;
  useRereadAfterSteps(detail);
  const name = serverName(server);
  const target = { id: server.id, name };
  const [act, setAct] = useState<PageAct | null>(null);
  const [assigning, setAssigning] = useState<AssignmentIntent | null>(null);
  const assignReason = useWriteReason("servers") ?? (detail.deleted_at === null ? null : "The server is deleted.");
  const powerReason = useWriteReason("power");
  const whoSeesReason = useWhoSeesReason();
  const reason = (kind: PageAct) =>
    reasonAgainst(actions, kind, POWER.some((power) => power === kind) ? powerReason : assignReason);
  const backupsOn = detail.observed?.backups === true;
  const start = reason("boot") === null || server.status === "offline" || server.status === "stopped";
  const power: PageAct = start ? "boot" : "shutdown";
  return (
    <>
      <PageHeader
        title={name}
        crumbs={<Crumbs />}
        note={
          <span className="row gap-6">
            {detail.deleted_at === null ? (
              <StatusBadge look={serverStatus(server.status)} />
            ) : (
              <StatusBadge look={serverStatus("deleted")} />
            )}
            <span className="truncate">
              <Age detail={detail} />
            </span>
          </span>
        }
      >
        <Button icon={ACTS.reboot.icon} disabledReason={reason("reboot")} onClick={() => setAct("reboot")}>
          {ACTS.reboot.label}
        </Button>
        <Button icon={ACTS[power].icon} disabledReason={reason(power)} onClick={() => setAct(power)}>
          {ACTS[power].label}
        </Button>
        <Menu
          align="end"
          trigger={<Button icon={MoreHorizontal}>More</Button>}
          entries={[
            ...actEntries(
              ["resize", "rename", "snapshot", backupsOn ? "cancel_backups" : "enable_backups"],
              actions,
              assignReason,
              setAct,
            ),
            { kind: "separator" },
            ...actEntries(["show_password", "reset_password"], actions, assignReason, setAct),
            { kind: "separator" },
            ...assignmentEntries(
              "vps",
              {
                id: server.id,
                label: name,
                createdAt: server.created_at,
                planId: server.plan_id,
                plan: server.plan,
                organization: server.organization,
              },
              assignReason,
              setAssigning,
            ),
            {
              kind: "item",
              label: "Who can see this…",
              icon: ScanEye,
              disabledReason: whoSeesReason,
              onSelect: () => asked.set({ dialog: "who_sees", kind: "server", id: server.id, title: name }),
            },
            {
              kind: "item",
              label: "Copy ID",
              icon: Copy,
              onSelect: () => void copyText(String(server.id), "ID copied"),
            },
            { kind: "separator" },
            ...actEntries(["rebuild", "delete"], actions, assignReason, setAct),
          ]}
        />
      </PageHeader>
      <section className="page-body" aria-label={name}>
        {children}
        <OpenIntents rows={detail.open} withdrawReason={powerReason} />
        <Figures detail={detail} />
        <div className="row server-tools">
          <Segmented label="What to show of the server" value={tab} options={TABS} onChange={onTab} />
        </div>
        {tab === "overview" ? <OverviewTab detail={detail} /> : null}
        {tab === "graphs" ? <GraphsTab detail={detail} /> : null}
        {tab === "network" ? (
          <NetworkTab detail={detail} target={target} rdnsReason={reasonAgainst(actions, "rdns", assignReason)} />
        ) : null}
        {tab === "backups" ? (
          <BackupsTab
            detail={detail}
            target={target}
            reasons={{
              snapshot: reason("snapshot"),
              enable: reason("enable_backups"),
              restore: reasonAgainst(actions, "restore", assignReason),
            }}
            onSnapshot={() => setAct("snapshot")}
            onEnable={() => setAct("enable_backups")}
          />
        ) : null}
        {tab === "timeline" ? <TimelineTab detail={detail} /> : null}
        {tab === "activity" ? <IntentsPanel of="server_id" id={server.id} withdrawReason={powerReason} /> : null}
      </section>
      {act === null ? null : (
        <ServerDialog key={act} kind={act} detail={detail} target={target} onClose={() => setAct(null)} />
      )}
      {assigning === null ? null : renderAssignment({ intent: assigning, onClose: () => setAssigning(null) })}
    </>
  );
}

function Crumbs() {
  return (
    <>
      <Link to="/servers">Servers</Link>
      <ChevronRight className="icon-xs" aria-hidden />
    </>
  );
}

/** How old the status is. */
function Age({ detail }: { readonly detail: ServerDetail }) {
  const { server } = detail;
  if (detail.deleted_at !== null) {
    return (
      <>
        Deleted <Time at={detail.deleted_at} style="detail" />
      </>
    );
  }
  if (server.presence === "gone") return <span className="fg-danger">Gone at its provider</span>;
  if (server.presence === "missing") return <span className="fg-warning">Missing in the last sync</span>;
  if (server.seen_at === null) return "No sync has seen it yet";
  return (
    <>
      as of <Time at={server.seen_at} style="detail" />
    </>
  );
}

/** What it is, what it costs, whose it is. */
function Figures({ detail }: { readonly detail: ServerDetail }) {
  const { server, plan, wallet } = detail;
  const currency = wallet?.currency ?? "USD";
  return (
    <dl className="figures server-figures">
      <div>
        <dt>Organization</dt>
        <dd className="figure truncate">
          {server.organization_id === null ? (
            "Nobody"
          ) : (
            <Link to="/organizations/$id" params={{ id: server.organization_id }}>
              {server.organization ?? `ID ${server.organization_id}`}
            </Link>
          )}
        </dd>
        <dd className="figure-note">
          {server.organization_id === null ? "It is not billed" : (server.region ?? "No region")}
        </dd>
      </div>
      <div>
        <dt>Plan</dt>
        <dd className="figure truncate">{plan?.name ?? <Unknown why="No plan" />}</dd>
        <dd className="figure-note">
          {plan !== null
            ? sizeText(plan)
            : server.organization_id === null
              ? "Given with an organization"
              : "Its hours wait for one"}
        </dd>
      </div>
      <div>
        <dt>An hour</dt>
        <dd className="figure">
          <Rate rate={plan?.rate ?? null} currency={currency} />
        </dd>
        <dd className="figure-note">
          {plan === null ? (
            "No price"
          ) : plan.monthly_rate === null ? (
            "Uncapped"
          ) : (
            <>
              <Money amount={plan.monthly_rate} currency={currency} /> a month at most
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Wallet</dt>
        <dd className="figure">
          {wallet === null ? <Unknown why="No wallet" /> : <Money amount={wallet.balance} currency={wallet.currency} />}
        </dd>
        <dd className="figure-note">
          {wallet === null ? (
            "No wallet"
          ) : (
            <>
              <Money amount={wallet.orderable} currency={wallet.currency} /> to order for
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Billed until</dt>
        <dd className="figure">
          <Time at={server.last_billed_at} unknown="Never billed" />
        </dd>
        <dd className="figure-note">Whole hours, UTC</dd>
      </div>
    </dl>
  );
}
