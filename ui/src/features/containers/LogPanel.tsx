import { Copy, Pause, Play, Search } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { call } from "../../ipc/call";
import { asCallError } from "../../ipc/error";
import { formatCount } from "../../lib/format";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copyText";
import { Panel } from "../../ui/Panel";
import { Skeleton } from "../../ui/Skeleton";
import { TextField } from "../../ui/TextField";
import { appended, type Line, logText, matching, parts } from "./logLines";

const EVERY_MS = 2_000;
const FIRST = 500;

type LogPanelProps = { readonly id: number; readonly name: string; readonly disabledReason: string | null };

/** What a container says: the last lines, and what it goes on to say until the reading is paused. */
export function LogPanel({ id, name, disabledReason }: LogPanelProps) {
  const [follows, setFollows] = useState(true);
  const [wanted, setWanted] = useState("");
  const { lines, read, problem, again } = useLog(id, follows && disabledReason === null, disabledReason === null);
  const shown = useMemo(() => matching(lines, wanted), [lines, wanted]);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown moves the end
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [shown]);

  if (disabledReason !== null) {
    return (
      <Panel title="Log">
        <p className="panel-empty muted">{disabledReason}</p>
      </Panel>
    );
  }
  return (
    <Panel title="Log" count={read ? formatCount(lines.length) : undefined}>
      <div className="log-tools">
        <TextField
          label="Search the log"
          hideLabel
          icon={Search}
          placeholder="Search what was read"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {wanted.trim() === "" ? null : (
          <span className="small muted num" role="status">
            {formatCount(shown.length)} of {formatCount(lines.length)} lines
          </span>
        )}
        <span className="grow" />
        <Button size="sm" icon={follows ? Pause : Play} onClick={() => setFollows(!follows)}>
          {follows ? "Pause" : "Follow"}
        </Button>
        <Button
          size="sm"
          icon={Copy}
          disabledReason={shown.length === 0 ? "There is nothing to copy." : null}
          onClick={() => void copyText(logText(shown), "Lines copied")}
        >
          Copy
        </Button>
      </div>
      {problem === null ? null : (
        <p className="notice notice-danger" role="alert">
          <span className="grow">{problem}</span>
          <Button size="sm" onClick={again}>
            Try again
          </Button>
        </p>
      )}
      <section
        ref={box}
        className="log-lines mono selectable"
        aria-label={`Log of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {!read && problem === null ? (
          <Skeleton lines={4} label="The log is being read" />
        ) : shown.length === 0 ? (
          <p className="panel-empty muted">{lines.length === 0 ? "It has said nothing yet." : "No line holds this."}</p>
        ) : (
          shown.map((line) => <LogLine key={line.number} line={line} wanted={wanted} />)
        )}
      </section>
    </Panel>
  );
}

function LogLine({ line, wanted }: { readonly line: Line; readonly wanted: string }) {
  return (
    <div className="log-line" data-error={line.isError || undefined}>
      {line.at === null ? null : (
        <time dateTime={line.at} title={line.at}>
          {line.at.slice(11, 19)}
        </time>
      )}
      <span>
        {parts(line.text, wanted).map((part) =>
          part.found ? <mark key={part.at}>{part.text}</mark> : <span key={part.at}>{part.text}</span>,
        )}
      </span>
    </div>
  );
}

/** One question at a time, from where the last answer ended: no line twice, none left out. */
function useLog(id: number, follows: boolean, wanted: boolean) {
  const [lines, setLines] = useState<ReadonlyArray<Line>>([]);
  const [read, setRead] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const position = useRef<string | null>(null);
  const isRead = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` begins it again
  useEffect(() => {
    if (!wanted || (!follows && isRead.current)) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function ask(): Promise<void> {
      if (isRead.current && document.visibilityState === "hidden") {
        timer = setTimeout(() => void ask(), EVERY_MS);
        return;
      }
      try {
        const piece = await call("containers.logs", {
          id,
          from: position.current,
          tail: position.current === null ? FIRST : null,
        });
        if (ended) return;
        position.current = piece.position;
        isRead.current = true;
        setRead(true);
        setProblem(null);
        if (piece.lines.length > 0) setLines((before) => appended(before, piece.lines));
        timer = setTimeout(() => void ask(), piece.more ? 0 : EVERY_MS);
      } catch (reason) {
        if (!ended) setProblem(asCallError(reason)?.error.message ?? "The host did not say.");
      }
    }
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [id, follows, wanted, tries]);
  return {
    lines,
    read,
    problem,
    again: () => {
      setProblem(null);
      setTries((count) => count + 1);
    },
  };
}
