import { ListFilter, X } from "lucide-react";
import { useState } from "react";
import type { Filter } from "../bindings/contract";
import { formatDate, formatMoney } from "../lib/format";
import { Button } from "../ui/Button";
import { Popover } from "../ui/Popover";
import { type ColumnFilter, type GridColumn, opWords } from "./columns";
import { FilterEditor } from "./FilterEditor";
import { knownFilters } from "./filterValues";
import { encodeFilters, FILTERS_MAX, type ListSearch, parseFilters } from "./listSearch";

type FilterBarProps<Row> = {
  readonly columns: ReadonlyArray<GridColumn<Row>>;
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
};

/** The list's filters as chips, each to be changed or taken away, and a way to add one. */
export function FilterBar<Row>({ columns, search, onSearch }: FilterBarProps<Row>) {
  const filters = knownFilters(parseFilters(search.f), columns);
  const set = (next: ReadonlyArray<Filter>) => onSearch({ ...search, f: encodeFilters(next), id: undefined });
  return (
    <ul className="grid-filters" aria-label="Filters">
      {filters.map((filter, index) => {
        const column = columns.find((candidate) => candidate.id === filter.column);
        if (column?.filter === undefined) return null;
        return (
          <li key={`${filter.column}.${filter.op}.${filter.values.join("~")}`}>
            <FilterChip
              column={column}
              spec={column.filter}
              filter={filter}
              onChange={(changed) => set(filters.with(index, changed))}
              onRemove={() => set(filters.toSpliced(index, 1))}
            />
          </li>
        );
      })}
      <li>
        <AddFilter
          columns={columns}
          full={filters.length >= FILTERS_MAX}
          quiet={filters.length > 0}
          onAdd={(filter) => set([...filters, filter])}
        />
      </li>
      {filters.length > 1 ? (
        <li>
          <Button size="sm" variant="ghost" onClick={() => set([])}>
            Clear filters
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

type FilterChipProps<Row> = {
  readonly column: GridColumn<Row>;
  readonly spec: ColumnFilter;
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
};

function FilterChip<Row>({ column, spec, filter, onChange, onRemove }: FilterChipProps<Row>) {
  const [open, setOpen] = useState(false);
  const words = `${column.header} ${opWords(spec.kind, filter.op)}`;
  const values = filter.values.map((value) => valueWords(spec, value)).join(", ");
  return (
    <span className="chip chip-on grid-chip">
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className="grid-chip-open" title={values}>
            {words} <b className="truncate">{values}</b>
          </button>
        }
      >
        <FilterEditor
          id={column.id}
          header={column.header}
          spec={spec}
          filter={filter}
          onApply={(changed) => {
            setOpen(false);
            onChange(changed);
          }}
        />
      </Popover>
      <button
        type="button"
        className="grid-chip-remove"
        aria-label={`Remove filter: ${words} ${values}`}
        onClick={onRemove}
      >
        <X className="icon-xs" aria-hidden />
      </button>
    </span>
  );
}

type AddFilterProps<Row> = {
  readonly columns: ReadonlyArray<GridColumn<Row>>;
  readonly full: boolean;
  readonly quiet: boolean;
  readonly onAdd: (filter: Filter) => void;
};

function AddFilter<Row>({ columns, full, quiet, onAdd }: AddFilterProps<Row>) {
  const [open, setOpen] = useState(false);
  const [column, setColumn] = useState<GridColumn<Row> | null>(null);
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) setColumn(null);
      }}
      title={column === null ? "Filter by" : column.header}
      className="grid-filter-popover"
      trigger={
        <button type="button" className="chip" disabled={full} aria-label="Add filter">
          <ListFilter className="icon-xs" aria-hidden />
          {quiet ? null : "Filter"}
        </button>
      }
    >
      {column?.filter === undefined ? (
        <ul className="grid-filter-columns">
          {columns
            .filter((candidate) => candidate.filter !== undefined)
            .map((candidate) => (
              <li key={candidate.id}>
                <button type="button" className="menu-item" onClick={() => setColumn(candidate)}>
                  {candidate.header}
                </button>
              </li>
            ))}
        </ul>
      ) : (
        <FilterEditor
          id={column.id}
          header={column.header}
          spec={column.filter}
          filter={null}
          onApply={(filter) => {
            setOpen(false);
            onAdd(filter);
          }}
        />
      )}
    </Popover>
  );
}

function valueWords(spec: ColumnFilter, value: string): string {
  switch (spec.kind) {
    case "enum":
      return spec.options.find((option) => option.value === value)?.label ?? value;
    case "time":
      return formatDate(`${value}T00:00:00Z` as Parameters<typeof formatDate>[0]);
    case "money":
      return formatMoney(value as Parameters<typeof formatMoney>[0], null);
    case "text":
      return `“${value}”`;
    case "number":
      return value;
  }
}
