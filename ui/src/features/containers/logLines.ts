import type { Instant, LogLine } from "../../bindings/contract";

/** Older lines are dropped beyond this. */
const KEPT = 5_000;

/** A line that was read, with its number. */
export type Line = {
  readonly number: number;
  readonly at: Instant | null;
  readonly isError: boolean;
  readonly text: string;
};

/** The lines with those that came. */
export function appended(before: ReadonlyArray<Line>, came: ReadonlyArray<LogLine>): ReadonlyArray<Line> {
  let number = before.at(-1)?.number ?? 0;
  const more = came.map((line) => {
    number += 1;
    return { number, at: line.at, isError: line.is_error, text: line.text };
  });
  return [...before, ...more].slice(-KEPT);
}

/** Those that hold a text, whatever its case. */
export function matching(lines: ReadonlyArray<Line>, wanted: string): ReadonlyArray<Line> {
  const text = wanted.trim().toLowerCase();
  return text === "" ? lines : lines.filter((line) => line.text.toLowerCase().includes(text));
}

/** A text in parts: those that were searched for, and what is between. */
export function parts(text: string, wanted: string): ReadonlyArray<{ at: number; text: string; found: boolean }> {
  const search = wanted.trim().toLowerCase();
  // A letter that changes its length with its case would shift what is marked.
  const lower = text.toLowerCase();
  if (search === "" || lower.length !== text.length) return [{ at: 0, text, found: false }];
  const all: Array<{ at: number; text: string; found: boolean }> = [];
  let at = 0;
  for (let found = lower.indexOf(search); found !== -1; found = lower.indexOf(search, at)) {
    if (found > at) all.push({ at, text: text.slice(at, found), found: false });
    all.push({ at: found, text: text.slice(found, found + search.length), found: true });
    at = found + search.length;
  }
  if (at < text.length || all.length === 0) all.push({ at, text: text.slice(at), found: false });
  return all;
}

/** Lines as a text to be copied. */
export function logText(lines: ReadonlyArray<Line>): string {
  return lines.map((line) => (line.at === null ? line.text : `${line.at} ${line.text}`)).join("\n");
}
