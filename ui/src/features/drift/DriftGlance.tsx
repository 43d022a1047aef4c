import { Link } from "@tanstack/react-router";
import type { DriftItem, Remedy } from "../../bindings/contract";
import { Button } from "../../ui/Button";
import { StatusBadge } from "../../ui/StatusBadge";
import { Time, Unknown } from "../../ui/Text";
import { HereThere, Worth } from "./columns";
import { DRIFT_KIND, DRIFT_MEANING, REMEDY, worthNote } from "./kinds";

type DriftGlanceProps = {
  readonly row: DriftItem;
  readonly reasonOf: (remedy: Remedy) => string | null;
  readonly onRemedy: (remedy: Remedy) => void;
};

/** A difference, what it is worth, and what helps. */
export function DriftGlance({ row, reasonOf, onRemedy }: DriftGlanceProps) {
  return (
    <>
      <div className="glance-top">
        <StatusBadge look={DRIFT_KIND[row.kind]} />
        <span>
          <Worth row={row} /> <span className="muted">a month</span>
        </span>
      </div>
      <p className="drift-meaning">{DRIFT_MEANING[row.kind]}</p>
      <dl className="facts">
        <dt>Here, and there</dt>
        <dd>
          <HereThere row={row} />
        </dd>
        <dt>Worth</dt>
        <dd>{row.monthly === null ? <Unknown why="Not known, or not for your role" /> : worthNote(row)}</dd>
        <dt>Since</dt>
        <dd>
          <Time at={row.since} style="detail" />
        </dd>
        <dt>Organization</dt>
        <dd>
          {row.organization_id === null ? (
            "Nobody"
          ) : (
            <Link to="/organizations/$id" params={{ id: row.organization_id }}>
              {row.organization ?? `ID ${row.organization_id}`}
            </Link>
          )}
        </dd>
        <dt>Plan</dt>
        <dd>{row.plan ?? <Unknown why="No plan" />}</dd>
        <dt>Account</dt>
        <dd>{row.account ?? <Unknown why="No name" />}</dd>
        <dt>As read</dt>
        <dd>
          <Time at={row.observed_at} style="detail" unknown="Never read" />
        </dd>
        <dt>Provider ID</dt>
        <dd className="mono">{row.external_id}</dd>
      </dl>
      <h3 className="small bold drift-helps">What helps</h3>
      {row.remedies.length === 0 ? (
        <p className="muted">
          {row.kind === "plan"
            ? "No plan sells this type. Import or make one, then change the plan."
            : "Put it right at the provider, then sync."}
        </p>
      ) : (
        <ul className="drift-remedies">
          {row.remedies.map((remedy) => (
            <li key={remedy}>
              <span className="grow">{sentence(row, remedy)}</span>
              <Button
                size="sm"
                variant={REMEDY[remedy].danger ? "danger" : "default"}
                disabledReason={reasonOf(remedy)}
                onClick={() => onRemedy(remedy)}
              >
                {REMEDY[remedy].label}…
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function sentence(row: DriftItem, remedy: Remedy): string {
  if (remedy === "change_plan" && row.target_plan !== null) return `Charge for what is there: ${row.target_plan}.`;
  if (remedy === "end_assignment" && !row.is_gone) return "Nobody is charged from here on. Sync first: it may be back.";
  return REMEDY[remedy].what;
}
