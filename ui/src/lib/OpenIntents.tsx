import { Loader, TriangleAlert } from "lucide-react";
import type { IntentRow } from "../bindings/contract";
import { Time } from "../ui/Text";
import { Withdraw } from "./IntentsTable";
import { intentName, intentPercent, intentProgress } from "./intents";

/** What is done at this moment, or waits to be; with its label where several things are told of. */
export function OpenIntents({
  rows,
  withdrawReason,
  labelled = false,
}: {
  readonly rows: ReadonlyArray<IntentRow>;
  readonly withdrawReason: string | null;
  readonly labelled?: boolean;
}) {
  return rows.map((row) => {
    const percent = intentPercent(row);
    const stuck = row.error !== null && percent === null;
    return (
      <div key={row.id} className={stuck ? "notice notice-warning" : "notice notice-info"} role="status">
        {stuck ? <TriangleAlert aria-hidden /> : <Loader aria-hidden />}
        <div className="grow">
          <p>
            <b className="medium">
              {intentName(row.kind)}
              {labelled ? ` of ${row.label}` : ""}
            </b>
            {row.plan === null ? null : ` ${row.kind === "order" || row.kind === "create" ? "on" : "to"} ${row.plan}`}:{" "}
            {intentProgress(row)}{" "}
            <span className="muted">
              Asked for <Time at={row.requested_at} style="detail" />
              {row.requested_by === null ? null : ` by ${row.requested_by}`}.
            </span>
          </p>
          {percent === null ? null : (
            <progress
              className="intent-progress"
              max={100}
              value={percent}
              aria-label={`Progress of ${intentName(row.kind)}`}
            />
          )}
        </div>
        {row.state === "waiting" ? <Withdraw row={row} reason={withdrawReason} /> : null}
      </div>
    );
  });
}
