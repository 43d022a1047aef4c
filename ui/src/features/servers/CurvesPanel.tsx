import { ChartLine, Table2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { formatClock, formatDateClock } from "../../lib/format";
import { IconButton } from "../../ui/Button";
import { Panel } from "../../ui/Panel";
import { Unknown } from "../../ui/Text";
import { type CurvesShape, curvesShape, nearest, type Series, summary, valueAt } from "./curves";

const WIDTH_BEFORE_MEASURED = 640;
const HEIGHT_PX = 168;
const DAY_MS = 86_400_000;
const PAGE_STEPS = 12;

type CurvesPanelProps = {
  readonly title: string;
  readonly series: ReadonlyArray<Series>;
  readonly format: (value: number) => string;
  /** What stands instead of curves; null where there are some. */
  readonly instead: ReactNode;
};

/** Curves of one unit in one plot, or as a table. What a time says stands above the plot, not in a tooltip. */
export function CurvesPanel({ title, series, format, instead }: CurvesPanelProps) {
  const [table, setTable] = useState(false);
  const empty = series.every(({ points }) => points.length === 0);
  return (
    <Panel
      title={title}
      actions={
        instead === null && !empty ? (
          <IconButton
            icon={table ? ChartLine : Table2}
            label={table ? `Show ${title} as chart` : `Show ${title} as table`}
            onClick={() => setTable(!table)}
          />
        ) : undefined
      }
    >
      {instead !== null ? (
        instead
      ) : empty ? (
        <p className="panel-empty muted">Linode has measured nothing in this time.</p>
      ) : table ? (
        <CurvesTable title={title} series={series} format={format} />
      ) : (
        <Plot title={title} series={series} format={format} />
      )}
    </Panel>
  );
}

type PlotProps = Omit<CurvesPanelProps, "instead">;

function Plot({ title, series, format }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_BEFORE_MEASURED);
  const [chosen, setChosen] = useState<number | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setWidth(Math.max(240, element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shape = useMemo(() => curvesShape(series, width, HEIGHT_PX), [series, width]);
  const last = shape.at.length - 1;
  const active = Math.min(chosen ?? last, last);
  const at = shape.at[active] ?? 0;

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: active + 1,
      ArrowLeft: active - 1,
      PageUp: active - PAGE_STEPS,
      PageDown: active + PAGE_STEPS,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, next)));
  };
  const said = series.map(({ label, points }) => {
    const value = valueAt(points, at);
    return `${label} ${value === null ? "not known" : format(value)}`;
  });
  return (
    <>
      <p className="curves-readout selectable">
        <b className="medium num">{formatDateClock(at)} UTC</b>
        {series.map(({ key, label, points }, index) => {
          const value = valueAt(points, at);
          return (
            <span key={key} className="row gap-6">
              <i className={`curve-key curve-${index}`} aria-hidden />
              {label} <b className="num">{value === null ? <Unknown why="Not measured" /> : format(value)}</b>
            </span>
          );
        })}
      </p>
      <div className="curves" ref={box}>
        <svg width={shape.width} height={shape.height} role="img" aria-label={plotLabel(title, series, format)}>
          <Axes shape={shape} format={format} />
          {shape.paths.map(({ key, d }, index) => (
            <path key={key} d={d} className={`curve curve-${index}`} />
          ))}
          {active >= 0 ? (
            <line className="curve-marker" x1={shape.x(at)} x2={shape.x(at)} y1={4} y2={shape.zero} />
          ) : null}
        </svg>
        <div
          className="curves-keys"
          role="slider"
          tabIndex={0}
          aria-label={`Time in ${title}`}
          aria-valuemin={1}
          aria-valuemax={Math.max(1, last + 1)}
          aria-valuenow={active + 1}
          aria-valuetext={`${formatDateClock(at)} UTC: ${said.join(", ")}`}
          onKeyDown={onKeyDown}
          onPointerMove={(event) => {
            const index = nearest(shape, event.clientX - event.currentTarget.getBoundingClientRect().left);
            if (index >= 0 && index !== active) setChosen(index);
          }}
        />
      </div>
    </>
  );
}

function Axes({ shape, format }: { readonly shape: CurvesShape; readonly format: (value: number) => string }) {
  const long = (shape.at.at(-1) ?? 0) - (shape.at[0] ?? 0) > 2 * DAY_MS;
  return (
    <>
      {shape.ticks.map((tick) => (
        <g key={tick.value}>
          <line
            x1={shape.left}
            x2={shape.width}
            y1={tick.y}
            y2={tick.y}
            className={tick.value === 0 ? "curves-line curves-base" : "curves-line"}
          />
          <text x={shape.left - 8} y={tick.y + 3.5} textAnchor="end">
            {tick.value === 0 ? "0" : format(tick.value).replace(" blocks/s", "")}
          </text>
        </g>
      ))}
      {shape.times.map((time) => (
        <text key={time.at} x={Math.min(time.x, shape.width - 18)} y={shape.height - 6} textAnchor="middle">
          {long ? formatDateClock(time.at).split(" ").slice(0, 2).join(" ") : formatClock(time.at)}
        </text>
      ))}
    </>
  );
}

function plotLabel(title: string, series: ReadonlyArray<Series>, format: (value: number) => string): string {
  const said = series.map(({ label, points }) => {
    const sum = summary(points);
    return sum === null
      ? `${label}: nothing`
      : `${label}: ${format(sum.mean)} on average, ${format(sum.highest)} at most`;
  });
  return `Line chart of ${title}. ${said.join("; ")}. The table has every value.`;
}

function CurvesTable({ title, series, format }: PlotProps) {
  const at = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort((a, b) => b - a);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="panel-scroll selectable" aria-label={`${title} as a table`} tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">Time, UTC</th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col" className="right">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at.map((time) => (
            <tr key={time}>
              <td className="num">{formatDateClock(time)}</td>
              {series.map(({ key, points }) => {
                const value = valueAt(points, time);
                return (
                  <td key={key} className="right num">
                    {value === null ? <Unknown why="Not measured" /> : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
