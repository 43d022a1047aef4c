import { useReadPages } from "../ipc/queries";
import { Button } from "../ui/Button";
import { ErrorBlock } from "../ui/ErrorBlock";
import { Panel } from "../ui/Panel";
import { Skeleton } from "../ui/Skeleton";
import { IntentsTable } from "./IntentsTable";

const WINDOW = 50;

type IntentsPanelProps = {
  readonly of: "server_id" | "container_id";
  readonly id: number;
  readonly withdrawReason: string | null;
};

/** Everything that was asked for about a server or a container, and what became of it. */
export function IntentsPanel({ of, id, withdrawReason }: IntentsPanelProps) {
  const read = useReadPages(
    "servers.intents",
    (after) => ({
      search: null,
      filters: [{ column: of, op: "is", values: [String(id)] }],
      sort: { column: "id", descending: true },
      after,
      limit: WINDOW,
    }),
    (page) => page.next,
  );
  const rows = read.data?.pages.flatMap((page) => page.rows);
  return (
    <Panel title="What was done to it" count={read.data?.pages[0]?.total}>
      {rows === undefined ? (
        read.error === null ? (
          <Skeleton lines={5} />
        ) : (
          <div className="intents-problem">
            <ErrorBlock
              inline
              title="What was done could not be read"
              error={read.error.error}
              onRetry={() => void read.refetch()}
            />
          </div>
        )
      ) : rows.length === 0 ? (
        <p className="panel-empty muted">Nothing was asked for from here yet.</p>
      ) : (
        <IntentsTable rows={rows} withdrawReason={withdrawReason} />
      )}
      {read.hasNextPage ? (
        <div className="intents-more">
          <Button size="sm" pending={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}
