import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import type { Period, RevenueAnswer } from "../../bindings/contract";
import { cx } from "../../lib/cx";
import { formatMoney } from "../../lib/format";
import { type BarShape, barAt, type ChartShape, chartShape, labelled, tickLabel } from "./chartLogic";
import { barLabel, barName, currencySign, STEP_MS } from "./words";

const ROUND_PX = 2.5;
const WIDTH_BEFORE_MEASURED = 640;

type RevenueChartProps = {
  readonly period: Period;
  readonly answer: RevenueAnswer;
  readonly active: number;
  readonly onActive: (index: number) => void;
};

/** Bars of revenue, split into provider cost and margin. What a bar says stands above the plot, not in a tooltip. */
export function RevenueChart({ period, answer, active, onActive }: RevenueChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: WIDTH_BEFORE_MEASURED, height: 240 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setSize({ width: Math.max(240, element.clientWidth), height: element.clientHeight || 240 });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const { bars } = answer;
  const shape = chartShape({ bars, chargedUntil: Date.parse(answer.charged_until), stepMs: STEP_MS[period], ...size });
  const shown = bars[active];
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: active + 1,
      ArrowLeft: active - 1,
      Home: 0,
      End: bars.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onActive(Math.min(bars.length - 1, Math.max(0, next)));
  };
  return (
    <div className="chart" ref={box}>
      <svg width={shape.width} height={shape.height} role="img" aria-label={chartLabel(period, answer)}>
        <Grid shape={shape} sign={currencySign(answer.currency)} />
        {shape.bars.map((bar, index) => (
          <Bar key={bars[index]?.at ?? index} bar={bar} zero={shape.zero} active={index === active} />
        ))}
        {labelled(bars, shape.width, period === "day").map((index) => {
          const bar = shape.bars[index];
          if (bar === undefined) return null;
          return (
            <text
              key={index}
              x={Math.min(bar.x + bar.width / 2, shape.width - 18)}
              y={shape.height - 7}
              textAnchor="middle"
            >
              {barLabel(bars[index]?.at ?? "", period)}
            </text>
          );
        })}
        <Marker shape={shape} active={active} />
      </svg>
      <div
        className="chart-keys"
        role="slider"
        tabIndex={0}
        aria-label={period === "day" ? "Hour" : "Day"}
        aria-valuemin={1}
        aria-valuemax={Math.max(1, bars.length)}
        aria-valuenow={active + 1}
        aria-valuetext={
          shown === undefined
            ? "Nothing"
            : `${barName(shown.at, period)}: revenue ${formatMoney(shown.revenue, answer.currency)}`
        }
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const index = barAt(shape, event.clientX - event.currentTarget.getBoundingClientRect().left);
          if (index !== null && index !== active) onActive(index);
        }}
      />
    </div>
  );
}

function Grid({ shape, sign }: { readonly shape: ChartShape; readonly sign: string }) {
  return shape.ticks.map((tick) => (
    <g key={tick.cents}>
      <line
        x1={shape.left}
        x2={shape.width}
        y1={tick.y}
        y2={tick.y}
        className={cx("chart-line", tick.cents === 0 && "chart-base")}
      />
      <text x={shape.left - 8} y={tick.y + 3.5} textAnchor="end">
        {tickLabel(tick.cents, sign)}
      </text>
    </g>
  ));
}

function Bar({ bar, zero, active }: { readonly bar: BarShape; readonly zero: number; readonly active: boolean }) {
  const { x, width, revenueTop, revenueBottom, costTop, lossTop, aheadTop, partial, projected } = bar;
  // A line of the surface's colour between the two parts.
  const marginBottom = costTop === null || costTop >= zero ? zero : costTop - 1.5;
  return (
    <g className={cx("chart-bar", partial && "chart-bar-partial", active && "chart-bar-active")}>
      {aheadTop !== null && (projected || partial) && (
        <path className="chart-ahead" d={topped(x + 0.5, aheadTop, width - 1, projected ? zero - 0.5 : revenueTop)} />
      )}
      {costTop !== null && costTop < zero && (
        <rect className="chart-cost" x={x} y={costTop} width={width} height={zero - costTop} />
      )}
      {marginBottom > revenueTop && <path className="chart-margin" d={topped(x, revenueTop, width, marginBottom)} />}
      {lossTop !== null && (
        <rect
          className="chart-loss"
          x={x + 0.5}
          y={lossTop}
          width={width - 1}
          height={Math.min(zero, revenueTop) - lossTop}
        />
      )}
      {revenueBottom > zero && (
        <rect className="chart-margin" x={x} y={zero} width={width} height={revenueBottom - zero} />
      )}
    </g>
  );
}

function Marker({ shape, active }: { readonly shape: ChartShape; readonly active: number }) {
  const bar = shape.bars[active];
  if (bar === undefined) return null;
  const x = bar.x + bar.width / 2;
  return <line className="chart-marker" x1={x} x2={x} y1={2} y2={shape.zero} />;
}

/** A bar with a rounded top. */
function topped(x: number, top: number, width: number, bottom: number): string {
  const r = Math.max(0, Math.min(ROUND_PX, width / 2, bottom - top));
  return `M${x} ${bottom}V${top + r}q0-${r} ${r}-${r}H${x + width - r}q${r} 0 ${r} ${r}V${bottom}Z`;
}

function chartLabel(period: Period, answer: RevenueAnswer): string {
  const what = period === "day" ? "Revenue by hour" : "Revenue by day";
  const margin =
    answer.margin === null ? "" : `, of which ${formatMoney(answer.margin.cost, answer.currency)} provider cost`;
  return `Bar chart. ${what}: ${formatMoney(answer.revenue, answer.currency)} in all${margin}. The table has every value.`;
}
