import type { SyncNote, SyncRow } from "../../bindings/contract";
import { StatusBadge } from "../../ui/StatusBadge";
import { Count, Time, Unknown } from "../../ui/Text";
import { syncStatus } from "./looks";

/** All that is kept of one sync. */
export function SyncGlance({ row }: { readonly row: SyncRow }) {
  const counts: ReadonlyArray<readonly [string, number]> = [
    ["Seen", row.seen],
    ["Added", row.added],
    ["Changed", row.changed],
    ["Unchanged", row.unchanged],
    ["Gone", row.gone],
    ["Back", row.returned],
    ["Missing, not proven gone", row.missing],
    ["Not written", row.skipped],
  ];
  return (
    <>
      <div className="glance-top">
        <StatusBadge look={syncStatus(row.status)} />
        <span className="muted">{row.account}</span>
      </div>
      {row.error === null ? null : <p className="sync-error selectable">{row.error}</p>}
      <dl className="facts">
        {counts.map(([label, value]) => (
          <SyncFact key={label} label={label} value={value} />
        ))}
        <dt>Began</dt>
        <dd>
          <Time at={row.started_at} style="detail" />
        </dd>
        <dt>Ended</dt>
        <dd>
          <Time at={row.finished_at} style="detail" unknown="Still reading" />
        </dd>
        <dt>By</dt>
        <dd>{row.started_by ?? "A program"}</dd>
        <dt>Code</dt>
        <dd className="mono">{row.error_code ?? <Unknown why="None" />}</dd>
        <dt>ID</dt>
        <dd className="mono">{row.id}</dd>
      </dl>
      {row.notes.length === 0 ? null : (
        <>
          <h3 className="sync-notes-title">Notes</h3>
          <ul className="sync-notes selectable">
            {row.notes.map((note) => (
              <li key={`${note.id}-${note.kind}-${note.text ?? ""}`}>
                <span className="mono">{note.id}</span> {sentence(note)}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function SyncFact({ label, value }: { readonly label: string; readonly value: number }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <Count value={value} />
      </dd>
    </>
  );
}

function sentence(note: SyncNote): string {
  if (note.text !== null) return note.text;
  switch (note.kind) {
    case "deleted_here":
      return "was deleted here, and is still there at the provider.";
    case "of_another_account":
      return "belongs to another account here; it was left alone.";
    default:
      return note.kind;
  }
}
