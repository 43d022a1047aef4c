/** Grey lines in place of text to come. They show only after 150 ms (CSS), so that quick answers do not flash. */
export function Skeleton({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without identity, never reordered.
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
