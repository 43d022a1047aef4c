import { RotateCw } from "lucide-react";
import { useMemo, useState } from "react";
import type { ServerDetail, ServerStats } from "../../bindings/contract";
import { useRead } from "../../ipc/queries";
import { useNow } from "../../lib/clock";
import { formatClock, formatMonth } from "../../lib/format";
import { Button } from "../../ui/Button";
import { ErrorBlock } from "../../ui/ErrorBlock";
import { Select } from "../../ui/Select";
import { Skeleton } from "../../ui/Skeleton";
import { CurvesPanel } from "./CurvesPanel";
import { formatBits, formatBlocks, formatPercent, monthsSince, type Series } from "./curves";
import { liveReason, NotAsked } from "./live";

const MONTHS_MAX = 12;
const DAY = "day";
/** Linode measures every five minutes. */
const FRESH_MS = 5 * 60_000;

export function GraphsTab({ detail }: { readonly detail: ServerDetail }) {
  const [span, setSpan] = useState<string>(DAY);
  const reason = liveReason(detail);
  const now = useNow();
  const read = useRead(
    "servers.stats",
    { id: detail.server.id, month: span === DAY ? null : span },
    { enabled: reason === null, refetchMs: () => (span === DAY ? FRESH_MS : null) },
  );
  const months = monthsSince(detail.server.created_at, now, MONTHS_MAX);
  const charts = useMemo(() => chartsOf(read.data), [read.data]);
  if (reason !== null) return <NotAsked detail={detail} reason={reason} />;
  if (read.data === undefined && read.error !== null) {
    return (
      <ErrorBlock
        title="The graphs were not read"
        error={read.error.error}
        onRetry={() => void read.refetch()}
        retrying={read.isFetching}
      />
    );
  }
  const wait = read.data === undefined ? <Skeleton lines={5} label="Curves are being asked of Linode" /> : null;
  const notYet =
    read.data?.ready === false ? (
      <p className="panel-empty muted">
        Linode has no curves of it yet: a server gets its first some minutes after it is started.
      </p>
    ) : null;
  return (
    <>
      <div className="row server-tools">
        <Select
          label="Time shown"
          hideLabel
          size="sm"
          className="span-select"
          value={span}
          onChange={setSpan}
          options={[
            { value: DAY, label: "Last 24 hours" },
            ...months.map((month) => ({ value: month, label: formatMonth(`${month}-01`) })),
          ]}
        />
        <span className="small muted grow">
          {read.data === undefined ? "" : `As of ${formatClock(read.dataUpdatedAt)} UTC`}
          {read.error === null || read.data === undefined ? "" : `. ${read.error.error.message}`}
        </span>
        <Button size="sm" icon={RotateCw} pending={read.isFetching} onClick={() => void read.refetch()}>
          Read again
        </Button>
      </div>
      <div className="server-charts">
        {charts.map(({ title, series, format }) => (
          <CurvesPanel key={title} title={title} series={series} format={format} instead={wait ?? notYet} />
        ))}
      </div>
    </>
  );
}

type Chart = {
  readonly title: string;
  readonly series: ReadonlyArray<Series>;
  readonly format: (value: number) => string;
};

function chartsOf(stats: ServerStats | undefined): ReadonlyArray<Chart> {
  const points = stats ?? null;
  return [
    {
      title: "CPU",
      format: formatPercent,
      series: [{ key: "cpu", label: "Used", points: points?.cpu ?? [] }],
    },
    {
      title: "Network, IPv4",
      format: formatBits,
      series: [
        { key: "in", label: "In", points: points?.ipv4.incoming ?? [] },
        { key: "out", label: "Out", points: points?.ipv4.outgoing ?? [] },
      ],
    },
    {
      title: "Network, IPv6",
      format: formatBits,
      series: [
        { key: "in", label: "In", points: points?.ipv6.incoming ?? [] },
        { key: "out", label: "Out", points: points?.ipv6.outgoing ?? [] },
      ],
    },
    {
      title: "Disk",
      format: formatBlocks,
      series: [
        { key: "io", label: "Disk", points: points?.disk ?? [] },
        { key: "swap", label: "Swap", points: points?.swap ?? [] },
      ],
    },
  ];
}
