import type { ViewedOverview } from "../../bindings/contract";
import { Panel } from "../../ui/Panel";
import { Money, Time, Unknown } from "../../ui/Text";

export function ViewedOverviewPanel({ overview }: { readonly overview: ViewedOverview }) {
  return (
    <div className="view-overview">
      <Panel title={overview.name}>
        <dl className="view-facts">
          <dt>Wallet balance</dt>
          <dd>
            {overview.balance === null ? (
              <Unknown why="No wallet" />
            ) : (
              <Money className="bold" amount={overview.balance} currency={overview.currency} />
            )}
          </dd>
          <dt>Currency</dt>
          <dd>{overview.currency ?? <Unknown why="No wallet" />}</dd>
          <dt>Charged until</dt>
          <dd>
            <Time at={overview.charged_until} style="detail" unknown="Nothing has been charged" />
          </dd>
          <dt>Customer since</dt>
          <dd>
            <Time at={overview.since} style="detail" />
          </dd>
        </dl>
      </Panel>
      <Panel title="People" count={overview.people.length}>
        {overview.people.length === 0 ? (
          <p className="panel-none muted">They have no people here yet.</p>
        ) : (
          <table className="table">
            <thead className="chrome">
              <tr>
                <th>Name</th>
                <th>E-mail</th>
              </tr>
            </thead>
            <tbody>
              {overview.people.map((person) => (
                <tr key={person.id}>
                  <td>{person.name === "" ? <Unknown /> : person.name}</td>
                  <td>{person.email}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </div>
  );
}
