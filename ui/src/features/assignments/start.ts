/** From when an assignment is charged. */
export type StartChoice = "now" | "created" | "at";

const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2}))?$/;

/** What a person typed as a time in UTC, as an instant; null when it is none that exists. */
export function readTime(typed: string): string | null {
  const parts = TIME.exec(typed.trim().replace(/\s*(?:Z|UTC)$/i, ""));
  if (parts === null) return null;
  const text = `${parts[1]}T${parts[2]}:${parts[3] ?? "00"}Z`;
  const time = new Date(text);
  // A day such as 30 February would roll over into another.
  return Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== parts[1] ? null : text;
}
