import { Columns3, Download, Search, X } from "lucide-react";
import { type KeyboardEvent, memo, type RefObject, useEffect, useRef, useState } from "react";
import type { ExportAnswer, ExportRequest, ListRequest } from "../bindings/contract";
import { asCallError } from "../ipc/error";
import { formatCount, plural } from "../lib/format";
import { Button, IconButton } from "../ui/Button";
import { Kbd } from "../ui/Kbd";
import { Menu } from "../ui/Menu";
import { showToast } from "../ui/Toast";
import { FilterBar } from "./FilterBar";
import type { GridData } from "./gridData";
import type { ListSearch } from "./listSearch";
import type { GridColumns } from "./useGridColumns";

/** A pause this long ends a word: asking on every key would keep the database busy with halves of words. */
const TYPING_MS = 200;

export type GridToolbarProps<Row> = {
  readonly label: string;
  readonly one: string;
  readonly many: string;
  readonly columns: GridColumns<Row>;
  readonly data: GridData<Row>;
  readonly request: ListRequest;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly searchHint: string;
  /** The focus goes to the rows. */
  readonly onLeave: () => void;
  readonly onExport: ((request: ExportRequest) => Promise<ExportAnswer>) | undefined;
};

/** Search and filters on the left, the count, the columns and the export on the right. */
function GridToolbarPlain<Row>(props: GridToolbarProps<Row>) {
  const { label, columns, data, request, search, onSearch, onExport } = props;
  const total = data.total === null ? "" : totalWords(data.total, data.totalIsExact, props.one, props.many);
  return (
    <div className="grid-toolbar chrome">
      <SearchField {...props} />
      <FilterBar columns={columns.all} search={search} onSearch={onSearch} />
      <span className="grow" />
      <span className="small muted num" role="status">
        {data.reading === "other" ? "Searching…" : total}
      </span>
      <Menu
        align="end"
        trigger={<IconButton icon={Columns3} label="Columns" />}
        entries={[
          { kind: "label", label: "Columns" },
          ...columns.all.map((column, index) => ({
            kind: "item" as const,
            label: column.header,
            checked: columns.isVisible(column.id),
            disabledReason: index === 0 ? "It names the row." : null,
            onSelect: () => columns.show(column.id, !columns.isVisible(column.id)),
          })),
          { kind: "separator" },
          { kind: "item", label: "Reset columns", onSelect: columns.reset },
        ]}
      />
      {onExport === undefined ? null : (
        <ExportButton
          label={label}
          request={{ list: request, columns: columns.visible.map((column) => column.id) }}
          onExport={onExport}
        />
      )}
    </div>
  );
}

// `memo` loses the type parameter; the function's own type is what callers see.
export const GridToolbar = memo(GridToolbarPlain) as typeof GridToolbarPlain;

function SearchField<Row>({ label, searchField, searchHint, search, onSearch, onLeave }: GridToolbarProps<Row>) {
  const q = search.q ?? "";
  const sent = useRef(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The field is the browser's, so that typing never waits for the URL; it follows the URL when that changes by itself.
  useEffect(() => {
    if (q === sent.current || searchField.current === null) return;
    sent.current = q;
    searchField.current.value = q;
  }, [q, searchField]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const send = (text: string) => {
    clearTimeout(timer.current);
    const next = text.trim() === "" ? "" : text;
    if (next === sent.current) return;
    sent.current = next;
    onSearch({ ...search, q: next === "" ? undefined : next, id: undefined });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const field = event.currentTarget;
    if (event.key === "Escape" && field.value !== "") {
      field.value = "";
      send("");
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
      send(field.value);
      onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="input-box grid-search">
      <Search className="icon-s" aria-hidden />
      <input
        ref={searchField}
        type="search"
        aria-label={`Search ${label.toLowerCase()}`}
        aria-keyshortcuts="/"
        placeholder={searchHint}
        autoComplete="off"
        spellCheck={false}
        defaultValue={q}
        maxLength={200}
        onChange={(event) => {
          const text = event.currentTarget.value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(text), TYPING_MS);
        }}
        onKeyDown={onKeyDown}
      />
      {q === "" ? (
        <span aria-hidden>
          <Kbd keys="/" />
        </span>
      ) : (
        <button
          type="button"
          className="input-action"
          aria-label="Clear search"
          onClick={() => {
            if (searchField.current !== null) searchField.current.value = "";
            send("");
            searchField.current?.focus();
          }}
        >
          <X className="icon-s" aria-hidden />
        </button>
      )}
    </span>
  );
}

type ExportButtonProps = {
  readonly label: string;
  readonly request: ExportRequest;
  readonly onExport: (request: ExportRequest) => Promise<ExportAnswer>;
};

/** Writes all that matches, not only what was read, with the columns that are shown. */
function ExportButton({ label, request, onExport }: ExportButtonProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { path, rows } = await onExport(request);
      showToast({
        title: `${label}: ${plural(rows, "row")} exported`,
        description: path,
        action: { label: "Copy path", onSelect: () => void navigator.clipboard.writeText(path) },
      });
    } catch (reason) {
      setProblem(asCallError(reason)?.error.message ?? "The file was not written. Try again.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button icon={Download} pending={busy} onClick={() => void run()}>
        Export CSV
      </Button>
      {problem === null ? null : (
        <span className="small fg-danger grid-export-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

function totalWords(total: number, exact: boolean, one: string, many: string): string {
  return exact ? plural(total, one, many) : `${formatCount(total, false)} ${many}`;
}
