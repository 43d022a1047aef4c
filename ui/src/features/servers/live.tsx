import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PlugZap } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { ServerDetail } from "../../bindings/contract";
import type { CallError } from "../../ipc/error";
import { refreshAfter } from "../../ipc/queries";
import { reasonAgainst } from "../../lib/actions";
import { formatClock } from "../../lib/format";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Skeleton } from "../../ui/Skeleton";

/** Why the server's provider can't be asked from this desk, or about this server; null when it can. */
export function liveReason(detail: ServerDetail): string | null {
  if (detail.deleted_at !== null) return "The server is deleted, so Linode has nothing to say of it any more.";
  if (detail.server.linode_id === null || detail.server.provider_config_id === null) {
    return "Nobody knows in which account it is, so Linode can’t be asked.";
  }
  return reasonAgainst(detail.actions, "live");
}

/** What stands in place of what only the provider knows. */
export function NotAsked({ detail, reason }: { readonly detail: ServerDetail; readonly reason: string }) {
  const key = detail.live_code?.startsWith("workspace_key") === true;
  return (
    <p className="notice notice-info live-notice" role="status">
      <PlugZap aria-hidden />
      <span>
        {reason} {key ? <Link to="/providers">Open Providers</Link> : null}
      </span>
    </p>
  );
}

type LiveProps<T> = {
  readonly detail: ServerDetail;
  readonly read: UseQueryResult<T, CallError>;
  /** What was asked: "The addresses". */
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
};

/** An answer of the provider: as it comes, with its age where a newer one did not come. */
export function Live<T>({ detail, read, what, lines = 4, children }: LiveProps<T>) {
  const reason = liveReason(detail);
  if (reason !== null) return <NotAsked detail={detail} reason={reason} />;
  if (read.data === undefined) {
    return read.error === null ? (
      <Skeleton lines={lines} label={`${what} are being asked of Linode`} />
    ) : (
      <div className="live-notice">
        <ErrorBlock
          inline
          title={`${what} were not read`}
          error={read.error.error}
          onRetry={() => void read.refetch()}
          retrying={read.isFetching}
        />
      </div>
    );
  }
  return (
    <>
      {read.error === null ? null : (
        <p className="notice notice-danger live-notice" role="alert">
          {read.error.error.message} Shown as of {formatClock(read.dataUpdatedAt)} UTC.
        </p>
      )}
      {children(read.data)}
    </>
  );
}

/**
 * Reads again what hangs on it when something that is done to the server goes a step on: this desk's own work is no news to
 * it, and what Linode says of the server is read by nobody else.
 */
export function useRereadAfterSteps(detail: ServerDetail): void {
  const client = useQueryClient();
  const steps = detail.open.map((intent) => `${intent.id} ${intent.state}`).join();
  const before = useRef(steps);
  useEffect(() => {
    if (before.current === steps) return;
    before.current = steps;
    void refreshAfter(client, "servers.act");
  }, [client, steps]);
}
