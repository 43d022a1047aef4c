import { Loader, TriangleAlert } from "lucide-react";
import type { IntentRow } from "../../bindings/contract";
import { Time } from "../../ui/Text";
import { Withdraw } from "./IntentsTable";
import { intentName, intentProgress } from "./words";

/** What is done to the server at this moment, or waits to be. */
export function OpenIntents({
  rows,
  withdrawReason,
}: {
  readonly rows: ReadonlyArray<IntentRow>;
  readonly withdrawReason: string | null;
}) {
  return rows.map((row) => {
    const stuck = row.error !== null;
    return (
      <div key={row.id} className={stuck ? "notice notice-warning" : "notice notice-info"} role="status">
        {stuck ? <TriangleAlert aria-hidden /> : <Loader aria-hidden />}
        <div className="grow">
          <p>
            <b className="medium">{intentName(row.kind)}</b>
            {row.plan === null ? null : ` ${row.kind === "order" ? "on" : "to"} ${row.plan}`}: {intentProgress(row)}{" "}
            <span className="muted">
              Asked for <Time at={row.requested_at} style="detail" />
              {row.requested_by === null ? null : ` by ${row.requested_by}`}.
            </span>
          </p>
          {row.state === "running" && row.progress !== null ? (
            <progress
              className="intent-progress"
              max={100}
              value={row.progress}
              aria-label={`Progress of ${intentName(row.kind)}`}
            />
          ) : null}
        </div>
        {row.state === "waiting" ? <Withdraw row={row} reason={withdrawReason} /> : null}
      </div>
    );
  });
}
