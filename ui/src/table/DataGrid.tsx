// biome-ignore-all lint/a11y/useSemanticElements: rows that move in one block under a sticky head can't be those of a table element
import type { LucideIcon } from "lucide-react";
import {
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { ExportAnswer, ExportRequest, ListRequest, Sort } from "../bindings/contract";
import { ErrorBlock } from "../ui/ErrorBlock";
import type { MenuEntry } from "../ui/Menu";
import type { GridColumn } from "./columns";
import { listKey } from "./filterValues";
import { GridBody, type GridScroll } from "./GridBody";
import { GridHead } from "./GridHead";
import { type EmptyTexts, GridEmpty, GridSkeleton, GridStale } from "./GridStates";
import { GridToolbar } from "./GridToolbar";
import type { GridData } from "./gridData";
import type { GridCommand } from "./gridKeys";
import { recallPlace, rememberPlace } from "./gridMemory";
import { encodeSort, type ListSearch } from "./listSearch";
import { type MenuAnchor, RowMenu } from "./RowMenu";
import { SelectionBar } from "./SelectionBar";
import { SidePanel } from "./SidePanel";
import { isSelected, type Selection, selectedCount } from "./selection";
import { useGridColumns } from "./useGridColumns";
import { useGridFocus } from "./useGridFocus";
import { useGridKeys } from "./useGridKeys";
import { useRowHeight } from "./useRowHeight";
import { useSelection } from "./useSelection";
import { useStable } from "./useStable";
import "./grid.css";

export type DataGridProps<Row> = {
  /** Names the grid where its columns are remembered. The grid keeps its columns for as long as it is mounted. */
  readonly grid: string;
  readonly label: string;
  /** What the list is of: "1 organization", "2,140 organizations". */
  readonly one: string;
  readonly many: string;
  /** A constant of the page's module. */
  readonly columns: ReadonlyArray<GridColumn<Row>>;
  /** A constant of the page's module too. */
  readonly rowId: (row: Row) => number;
  readonly rowName: (row: Row) => string;
  readonly data: GridData<Row>;
  /** The first window's request, as `listRequest` makes it. */
  readonly request: ListRequest;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
  readonly searchHint: string;
  readonly singleLetters: boolean;
  /** Enter and double click. Without it they open the side panel. */
  readonly onOpen?: (row: Row) => void;
  /** The side panel for a glance at a row. */
  readonly glance?: (row: Row) => ReactNode;
  readonly actions?: (row: Row) => ReadonlyArray<MenuEntry>;
  /** What can be done with several selected rows at once. */
  readonly bulk?: ReadonlyArray<BulkAction<Row>>;
  /** What can be done with the selected rows; their ids are null while some of them have not been read. */
  readonly selectionActions?: (ids: ReadonlyArray<number> | null) => ReactNode;
  readonly onExport?: (request: ExportRequest) => Promise<ExportAnswer>;
  /** For a list in which nothing has ever been: what would be here, and how it comes to be. */
  readonly empty: EmptyTexts;
};

/** At most this many at once: what is done to them is one transaction. */
const BULK_MAX = 100;

export type BulkAction<Row> = {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly disabledReason: string | null;
  readonly onSelect: (rows: ReadonlyArray<Row>) => void;
};

const TOO_MANY = `At most ${BULK_MAX} at once.`;

type OpenMenu<Row> = { readonly row: Row; readonly index: number; readonly anchor: MenuAnchor };

/**
 * The one table of the program: virtual rows over windows that SQL has sorted, filtered and paged.
 * The URL keeps what is asked for; the grid keeps what is selected and where the focus is.
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { grid, data, request, search, rowId, rowName } = props;
  const { rows, total } = data;
  const list = listKey(request);
  const ids = useMemo(() => rows.map(rowId), [rows, rowId]);

  const [place] = useState(() => recallPlace(grid, list));
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [menu, setMenu] = useState<OpenMenu<Row> | null>(null);
  const scroll = useRef<GridScroll | null>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const rowHeight = useRowHeight();
  const columns = useGridColumns(grid, props.columns);
  const selection = useSelection(list, ids, total);
  const focus = useGridFocus({
    list,
    ids,
    startId: search.id ?? place?.activeId ?? null,
    resume: place !== null,
    scroller,
    scrollTo: (index) => scroll.current?.to(index),
  });
  const active = rows[focus.activeIndex];
  const glanced = props.glance === undefined ? undefined : rows.find((row) => rowId(row) === search.id);

  const leave = useEffectEvent(() => {
    rememberPlace(grid, list, {
      activeId: active === undefined ? null : rowId(active),
      scrollTop: scroller?.scrollTop ?? 0,
    });
  });
  // Before the scroller leaves the document: afterwards it has no scroll position.
  useLayoutEffect(() => (scroller === null ? undefined : () => leave()), [scroller]);

  const shown = useRef(list);
  useEffect(() => {
    if (shown.current === list) return;
    shown.current = list;
    scroller?.scrollTo({ top: 0 });
  }, [list, scroller]);

  const show = (row: Row | undefined) => props.onSearch({ ...search, id: row === undefined ? undefined : rowId(row) });
  const moveTo = (index: number) => {
    focus.moveTo(index);
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (glanced !== undefined && row !== undefined) show(row);
  };
  const open = (row: Row) => (props.onOpen === undefined ? show(row) : props.onOpen(row));
  const openMenu = (index: number, anchor: MenuAnchor) => {
    const row = rows[index];
    if (row === undefined || (props.actions?.(row).length ?? 0) === 0) return false;
    focus.moveTo(index);
    setMenu({ row, index, anchor });
    return true;
  };
  const rowElement = (index: number) => scroller?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;

  const run = (command: GridCommand): boolean => {
    const at = focus.activeIndex;
    switch (command.kind) {
      case "move":
        // From outside, the first key goes to the grid and the second one moves in it.
        if (scroller?.contains(document.activeElement) !== true) {
          focus.moveTo(at);
          return true;
        }
        if (command.by < 0 && at <= 0 && rowElement(0) === document.activeElement) {
          scroller?.querySelector<HTMLElement>(".grid-head [data-column]")?.focus();
          return true;
        }
        moveTo(at + command.by);
        return true;
      case "page":
        moveTo(at + command.by * (scroll.current?.pageRows() ?? 1));
        return true;
      case "first":
        moveTo(0);
        return true;
      case "last":
        moveTo(rows.length - 1);
        return true;
      case "open":
        if (active === undefined) return false;
        open(active);
        return true;
      case "glance":
        if (active === undefined || props.glance === undefined) return false;
        show(glanced === undefined ? active : undefined);
        return true;
      case "select":
        selection.toggle(at);
        return true;
      case "selectRange":
        selection.range(at, at);
        return true;
      case "selectMove":
        selection.range(Math.min(rows.length - 1, Math.max(0, at + command.by)), at);
        moveTo(at + command.by);
        return true;
      case "selectAll":
        selection.all();
        return true;
      case "menu": {
        const row = rowElement(at);
        return row !== null && openMenu(at, below(row));
      }
      case "search":
        searchField.current?.focus();
        searchField.current?.select();
        return true;
      case "clear":
        if (glanced !== undefined) show(undefined);
        else selection.clear();
        return glanced !== undefined || selectedCount(selection.selection, total) !== 0;
    }
  };
  useGridKeys({ scroller, singleLetters: props.singleLetters, run });

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const hit = hitOf(event.target);
    if (hit === null) return;
    if (hit.part === "check") {
      if (event.shiftKey) selection.range(hit.index, focus.activeIndex);
      else selection.toggle(hit.index);
      focus.moveTo(hit.index);
    } else if (hit.part === "menu") {
      openMenu(hit.index, below(hit.element));
    } else if (hit.part === null) {
      if (event.shiftKey) selection.range(hit.index, focus.activeIndex);
      else if (event.ctrlKey || event.metaKey) selection.toggle(hit.index);
      moveTo(hit.index);
    }
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    const hit = hitOf(event.target);
    const row = hit?.part === null ? rows[hit.index] : undefined;
    if (row !== undefined) open(row);
  };
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const hit = hitOf(event.target);
    if (hit === null) return;
    event.preventDefault();
    openMenu(hit.index, { getBoundingClientRect: () => new DOMRect(event.clientX, event.clientY, 0, 0) });
  };

  const toRows = useStable(() => focus.moveTo(Math.max(0, focus.activeIndex)));
  const onSort = useStable((sort: Sort | null) => props.onSearch({ ...search, sort: encodeSort(sort) }));
  const onSelectAll = useStable(() => (selection.selection.kind === "all" ? selection.clear() : selection.all()));

  const count = selectedCount(selection.selection, total);
  return (
    <div className="grid-and-panel">
      <div className="grid-area">
        <GridToolbar
          label={props.label}
          one={props.one}
          many={props.many}
          columns={columns}
          data={data}
          request={request}
          search={search}
          onSearch={props.onSearch}
          searchField={searchField}
          searchHint={props.searchHint}
          onLeave={toRows}
          onExport={props.onExport}
        />
        {data.error !== null && rows.length > 0 ? (
          <GridStale label={props.label} error={data.error} asOf={data.asOf} onRetry={data.retry} />
        ) : null}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard on the window, see useGridKeys */}
        <div
          ref={setScroller}
          role="grid"
          className="grid-scroll"
          aria-label={props.label}
          aria-rowcount={total !== null && data.totalIsExact ? total + 1 : -1}
          aria-multiselectable="true"
          aria-busy={data.reading !== "idle"}
          data-old={data.reading === "other" || undefined}
          tabIndex={-1}
          style={{ "--grid-tracks": columns.tracks, "--grid-width": `${columns.widthPx}px` } as CSSProperties}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
          onContextMenu={onContextMenu}
          onFocus={focus.onFocus}
          onBlur={focus.onBlur}
        >
          <GridHead
            columns={columns}
            sort={request.sort}
            onSort={onSort}
            allSelected={count === 0 ? "none" : selection.selection.kind === "all" && count === total ? "all" : "some"}
            onSelectAll={onSelectAll}
            onLeave={toRows}
          />
          <GridBody
            data={data}
            columns={columns.visible}
            rowId={rowId}
            rowName={rowName}
            rowHeight={rowHeight}
            scroller={scroller}
            startScrollTop={place?.scrollTop ?? 0}
            activeIndex={focus.activeIndex}
            settle={focus.settle}
            glancedId={glanced === undefined ? null : rowId(glanced)}
            selection={selection.selection}
            hasMenu={props.actions !== undefined}
            scroll={scroll}
          />
          {data.reading === "more" ? (
            <div className="grid-loading" aria-hidden="true">
              Reading more…
            </div>
          ) : null}
        </div>
        {data.reading === "first" ? <GridSkeleton columns={columns.visible} /> : null}
        {data.error !== null && rows.length === 0 ? (
          <div className="grid-state">
            <ErrorBlock title={`${props.label} could not be read`} error={data.error} onRetry={data.retry} />
          </div>
        ) : null}
        {data.error === null && data.reading === "idle" && rows.length === 0 ? (
          <GridEmpty empty={props.empty} many={props.many} search={search} onSearch={props.onSearch} />
        ) : null}
        <SelectionBar
          count={count}
          total={total}
          totalIsExact={data.totalIsExact}
          one={props.one}
          many={props.many}
          everything={selection.selection.kind === "all"}
          ids={selectedIds(selection.selection, ids, data.hasMore)}
          actions={(props.bulk ?? []).map((action) => ({
            label: action.label,
            icon: action.icon,
            disabledReason: action.disabledReason ?? (count !== null && count > BULK_MAX ? TOO_MANY : null),
            onSelect: (chosen) => action.onSelect(rows.filter((row) => chosen.includes(rowId(row)))),
          }))}
          more={props.selectionActions}
          onAll={selection.all}
          onClear={() => {
            selection.clear();
            focus.moveTo(focus.activeIndex);
          }}
        />
      </div>
      {glanced !== undefined && props.glance !== undefined ? (
        <SidePanel
          label={rowName(glanced)}
          onClose={() => {
            show(undefined);
            focus.moveTo(focus.activeIndex);
          }}
        >
          {props.glance(glanced)}
        </SidePanel>
      ) : null}
      <RowMenu
        label={menu === null ? "" : `Actions for ${rowName(menu.row)}`}
        anchor={menu?.anchor ?? null}
        entries={menu === null ? [] : (props.actions?.(menu.row) ?? [])}
        onClose={() => setMenu(null)}
        returnTo={() => rowElement(focus.activeIndex)}
      />
    </div>
  );
}

/** The selected rows' ids; null while some of them have not been read. */
function selectedIds(
  selection: Selection,
  read: ReadonlyArray<number>,
  hasMore: boolean,
): ReadonlyArray<number> | null {
  if (selection.kind === "some") return [...selection.ids];
  return hasMore ? null : read.filter((id) => isSelected(selection, id));
}

function below(element: HTMLElement): MenuAnchor {
  return { getBoundingClientRect: () => element.getBoundingClientRect() };
}

type Hit = { readonly index: number; readonly part: string | null; readonly element: HTMLElement };

/** Which row was meant, and which part of it; links and buttons inside a cell mean themselves. */
function hitOf(target: EventTarget): Hit | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest<HTMLElement>("[data-index]");
  if (row === null) return null;
  const part = target.closest<HTMLElement>("[data-part]");
  const index = Number(row.dataset.index);
  if (part !== null) return { index, part: part.dataset.part ?? null, element: part };
  return target.closest("a, button") === null ? { index, part: null, element: row } : null;
}
