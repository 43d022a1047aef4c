const RADIUS = 5.5;
const AROUND = 2 * Math.PI * RADIUS;
/** What is drawn while the number of steps isn't known: a quarter that turns. */
const UNKNOWN_PART = 0.25;

/** How far something is, in a ring the size of an icon. Decoration beside the words that say it. */
export function ProgressRing({ done, total }: { done: number; total: number }) {
  const known = total > 0;
  const part = known ? Math.min(1, done / total) : UNKNOWN_PART;
  return (
    <svg className={known ? "ring" : "ring ring-turning"} viewBox="0 0 14 14" aria-hidden>
      <circle cx="7" cy="7" r={RADIUS} className="ring-track" />
      <circle cx="7" cy="7" r={RADIUS} className="ring-done" strokeDasharray={`${part * AROUND} ${AROUND}`} />
    </svg>
  );
}
