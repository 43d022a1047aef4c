import { ChartColumn, Info, Table2 } from "lucide-react";
import { useState } from "react";
import type { Period, RevenueAnswer, RevenueBar } from "../../bindings/contract";
import { formatMoney } from "../../lib/format";
import { IconButton } from "../../ui/Button";
import { Panel } from "../../ui/Panel";
import { Money, Unknown } from "../../ui/Text";
import { Tip } from "../../ui/Tip";
import { firstShown } from "./chartLogic";
import { RevenueChart } from "./RevenueChart";
import { barName, STEP_MS } from "./words";

const MEANS =
  "Revenue is what was charged for the day’s use, less refunds of charges; a charge counts in the hour in which the last hour that it covers began, in UTC. " +
  "Provider cost is the time that resources ran, times their plan’s cost then in force, up to the provider’s monthly price where that is known; " +
  "it is counted as far as billing has charged. Servers that nobody is assigned to have no plan and are not in it.";
const MEANS_WITHOUT_COST =
  "Revenue is what was charged for the day’s use, less refunds of charges; a charge counts in the hour in which the last hour that it covers began, in UTC.";

type RevenuePanelProps = { readonly period: Period; readonly answer: RevenueAnswer };

export function RevenuePanel({ period, answer }: RevenuePanelProps) {
  const [table, setTable] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const { bars } = answer;
  const usual = firstShown(bars, Date.parse(answer.charged_until), STEP_MS[period]);
  const active = chosen !== null && chosen < bars.length ? chosen : usual;
  const bar = bars[active];
  const projects = bars.some(
    (each) => Date.parse(each.at) >= Date.parse(answer.charged_until) && each.ahead !== "0.00",
  );
  return (
    <Panel
      title={period === "day" ? "Revenue by hour" : "Revenue by day"}
      count={
        <Tip text={answer.margin === null ? MEANS_WITHOUT_COST : MEANS}>
          <button type="button" className="chart-info" aria-label="What these amounts mean">
            <Info className="icon-xs" aria-hidden />
          </button>
        </Tip>
      }
      actions={
        <>
          {projects && !table && (
            <span className="tiny muted row gap-6">
              <i className="key key-ahead" aria-hidden />
              Projected
            </span>
          )}
          <IconButton
            icon={table ? ChartColumn : Table2}
            label={table ? "Show as chart" : "Show as table"}
            onClick={() => setTable(!table)}
          />
        </>
      }
      className="revenue"
    >
      {table ? (
        <RevenueTable period={period} answer={answer} />
      ) : (
        <>
          {bar !== undefined && (
            <Readout
              bar={bar}
              period={period}
              currency={answer.currency}
              past={Date.parse(bar.at) + STEP_MS[period] <= Date.parse(answer.now)}
            />
          )}
          <RevenueChart period={period} answer={answer} active={active} onActive={setChosen} />
        </>
      )}
    </Panel>
  );
}

type ReadoutProps = {
  readonly bar: RevenueBar;
  readonly period: Period;
  readonly currency: string;
  /** Its time is over. */
  readonly past: boolean;
};

function Readout({ bar, period, currency, past }: ReadoutProps) {
  const charged = bar.revenue !== "0.00" || bar.ahead === "0.00";
  return (
    <p className="readout selectable">
      <b className="medium num">{barName(bar.at, period)}</b>
      {charged && (
        <span>
          Revenue <b className="num">{formatMoney(bar.revenue, currency)}</b>
        </span>
      )}
      {charged && bar.margin !== null && (
        <span>
          <i className="key key-margin" aria-hidden />
          Margin <b className="num">{formatMoney(bar.margin, currency)}</b>
          {bar.margin_percent !== null && <em className="num">{bar.margin_percent.replace("-", "\u2212")}%</em>}
        </span>
      )}
      {charged && bar.cost !== null && (
        <span>
          <i className="key key-cost" aria-hidden />
          Provider cost <b className="num">{formatMoney(bar.cost, currency)}</b>
        </span>
      )}
      {bar.ahead !== "0.00" && (
        <span>
          <i className="key key-ahead" aria-hidden />
          {past ? "Not charged yet" : charged ? "Still to be charged" : "Projected"}{" "}
          <b className="num">{formatMoney(bar.ahead, currency)}</b>
        </span>
      )}
    </p>
  );
}

function RevenueTable({ period, answer }: RevenuePanelProps) {
  const costs = answer.margin !== null;
  const projects = answer.month_end !== null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className="chart-table selectable" aria-label="Revenue as a table" tabIndex={0}>
      <table className="table">
        <thead className="chrome">
          <tr>
            <th scope="col">{period === "day" ? "Hour, UTC" : "Day, UTC"}</th>
            <th scope="col" className="right">
              Revenue
            </th>
            {costs && (
              <>
                <th scope="col" className="right">
                  Provider cost
                </th>
                <th scope="col" className="right">
                  Margin
                </th>
                <th scope="col" className="right">
                  Margin, %
                </th>
              </>
            )}
            {projects && (
              <th scope="col" className="right">
                Projected
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {answer.bars.map((bar) => (
            <tr key={bar.at}>
              <td className="num">{barName(bar.at, period)}</td>
              <td className="right">
                <Money amount={bar.revenue} currency={answer.currency} />
              </td>
              {costs && (
                <>
                  <td className="right">
                    <Money amount={bar.cost} currency={answer.currency} />
                  </td>
                  <td className="right">
                    <Money amount={bar.margin} currency={answer.currency} />
                  </td>
                  <td className="right num">
                    {bar.margin_percent?.replace("-", "\u2212") ?? <Unknown why="No revenue" />}
                  </td>
                </>
              )}
              {projects && (
                <td className="right">
                  <Money amount={bar.ahead} currency={answer.currency} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
