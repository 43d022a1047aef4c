import { useEffect, useState } from "react";
import type { StatsSample } from "../../bindings/contract";
import { call } from "../../ipc/call";
import { asCallError } from "../../ipc/error";
import { Button } from "../../ui/Button";
import { Panel } from "../../ui/Panel";
import { Segmented } from "../../ui/Segmented";
import { added, bytes, ceiling, KEPT, path, percent } from "./figures";

const EVERY_MS = 2_000;

type FiguresPanelProps = { readonly id: number; readonly runs: boolean; readonly disabledReason: string | null };

/** What a container uses, measured by its host every two seconds while the page is seen. */
export function FiguresPanel({ id, runs, disabledReason }: FiguresPanelProps) {
  const [shown, setShown] = useState<"graphs" | "table">("graphs");
  const { samples, problem, again } = useSamples(id, disabledReason === null && runs);
  const newest = samples.at(-1) ?? null;
  const views = (
    <Segmented
      label="Show as"
      value={shown}
      options={[
        { value: "graphs", label: "Graphs" },
        { value: "table", label: "Table" },
      ]}
      onChange={setShown}
    />
  );
  return (
    <Panel title="Use" actions={views}>
      {disabledReason !== null ? (
        <p className="panel-empty muted">{disabledReason}</p>
      ) : !runs ? (
        <p className="panel-empty muted">It doesn’t run, so it uses nothing.</p>
      ) : (
        <>
          {problem === null ? null : (
            <p className="notice notice-danger" role="alert">
              <span className="grow">{problem}</span>
              <Button size="sm" onClick={again}>
                Try again
              </Button>
            </p>
          )}
          {shown === "graphs" ? <Graphs samples={samples} newest={newest} /> : <Table samples={samples} />}
        </>
      )}
    </Panel>
  );
}

/** Asks one question at a time: a host that hangs is not asked twice at once. */
function useSamples(id: number, wanted: boolean) {
  const [samples, setSamples] = useState<ReadonlyArray<StatsSample>>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` begins it again
  useEffect(() => {
    if (!wanted) return;
    let ended = false;
    let counters: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function ask(): Promise<void> {
      if (document.visibilityState === "hidden") {
        timer = setTimeout(() => void ask(), EVERY_MS);
        return;
      }
      try {
        const measured = await call("containers.stats", { id, counters });
        if (ended) return;
        counters = measured.counters;
        const { sample } = measured;
        if (sample !== null) setSamples((before) => added(before, sample));
        setProblem(null);
        timer = setTimeout(() => void ask(), EVERY_MS);
      } catch (reason) {
        if (!ended) setProblem(asCallError(reason)?.error.message ?? "The host did not say.");
      }
    }
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [id, wanted, tries]);
  return {
    samples,
    problem,
    again: () => {
      setProblem(null);
      setTries((count) => count + 1);
    },
  };
}

type GraphsProps = { readonly samples: ReadonlyArray<StatsSample>; readonly newest: StatsSample | null };

function Graphs({ samples, newest }: GraphsProps) {
  const cpu = samples.map((sample) => sample.cpu_percent);
  const memory = samples.map((sample) => sample.memory);
  const received = samples.map((sample) => sample.received);
  const sent = samples.map((sample) => sample.sent);
  const limit = newest?.memory_limit ?? null;
  return (
    <div className="figures-row">
      <Measure
        title="Processor"
        value={`${percent(newest?.cpu_percent ?? null)} of a core`}
        lines={[cpu]}
        most={ceiling(cpu, 5)}
      />
      <Measure
        title="Memory"
        value={limit === null ? bytes(newest?.memory ?? null) : `${bytes(newest?.memory ?? null)} of ${bytes(limit)}`}
        lines={[memory]}
        most={limit ?? ceiling(memory, 1024 * 1024)}
      />
      <Measure
        title="Network"
        value={
          <>
            <span className="measure-key" aria-hidden />
            {bytes(newest?.received ?? null)}/s in <span className="measure-key measure-key-second" aria-hidden />
            {bytes(newest?.sent ?? null)}/s out
          </>
        }
        lines={[received, sent]}
        most={ceiling([...received, ...sent], 1024)}
      />
    </div>
  );
}

type MeasureProps = {
  readonly title: string;
  readonly value: React.ReactNode;
  readonly lines: ReadonlyArray<ReadonlyArray<number | null>>;
  readonly most: number;
};

function Measure({ title, value, lines, most }: MeasureProps) {
  return (
    <div className="measure">
      <p className="measure-head">
        <span className="muted">{title}</span>
        <span className="grow num">{value}</span>
      </p>
      <svg
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title} of the last ${KEPT} samples`}
      >
        <line x1="0" x2="100" y1="40" y2="40" className="measure-base" />
        {lines.map((line, index) => (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place alone
            key={index}
            d={path(line, most)}
            className={index === 0 ? "measure-line" : "measure-line measure-second"}
          />
        ))}
      </svg>
    </div>
  );
}

function Table({ samples }: { readonly samples: ReadonlyArray<StatsSample> }) {
  if (samples.length === 0) return <p className="panel-empty muted">Nothing was measured yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="panel-scroll" aria-label="Samples" tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col" className="right">
              Processor
            </th>
            <th scope="col" className="right">
              Memory
            </th>
            <th scope="col" className="right">
              In
            </th>
            <th scope="col" className="right">
              Out
            </th>
            <th scope="col" className="right">
              Processes
            </th>
          </tr>
        </thead>
        <tbody>
          {[...samples].reverse().map((sample) => (
            <tr key={sample.at}>
              <td className="num">{sample.at.slice(11, 19)}</td>
              <td className="right num">{percent(sample.cpu_percent)}</td>
              <td className="right num">{bytes(sample.memory)}</td>
              <td className="right num">{bytes(sample.received)}/s</td>
              <td className="right num">{bytes(sample.sent)}/s</td>
              <td className="right num">{sample.processes ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
