import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { Users } from "lucide-react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiError, Sort } from "../bindings/contract";
import type { GridColumn } from "./columns";
import { DataGrid, type DataGridProps } from "./DataGrid";
import { listRequest } from "./filterValues";
import type { GridData } from "./gridData";
import type { ListSearch } from "./listSearch";

type Person = { id: number; name: string; age: number };

const COLUMNS: ReadonlyArray<GridColumn<Person>> = [
  { id: "name", header: "Name", width: 200, sortable: true, filter: { kind: "text" }, cell: (row) => row.name },
  {
    id: "age",
    header: "Age",
    width: 80,
    align: "right",
    sortable: true,
    filter: { kind: "number" },
    cell: (row) => row.age,
  },
  {
    id: "role",
    header: "Role",
    width: 80,
    filter: { kind: "enum", options: [{ value: "admin", label: "Admin" }] },
    cell: () => "Admin",
  },
];
const USUAL: Sort = { column: "name", descending: false };
const ERROR: ApiError = {
  code: "connection_lost",
  message: "The database does not answer.",
  field: null,
  retry_after_ms: null,
  request_id: "r1",
};

function people(count: number): ReadonlyArray<Person> {
  return Array.from({ length: count }, (_, index) => ({ id: 100 + index, name: `Person ${index}`, age: index }));
}

function dataOf(rows: ReadonlyArray<Person>, more: Partial<GridData<Person>> = {}): GridData<Person> {
  return {
    rows,
    total: rows.length,
    totalIsExact: true,
    asOf: null,
    reading: "idle",
    error: null,
    hasMore: false,
    readMore: vi.fn(),
    retry: vi.fn(),
    ...more,
  };
}

const rowId = (row: Person) => row.id;
const rowName = (row: Person) => row.name;
/** A grid remembers where it was left, so that each test has one of its own. */
let test = 0;
const onSearch = vi.fn<(search: ListSearch) => void>();

function Page(props: Partial<DataGridProps<Person>> & { start?: ListSearch; data: GridData<Person> }) {
  const [search, setSearch] = useState<ListSearch>(props.start ?? {});
  return (
    <DataGrid<Person>
      grid={`people-${test}`}
      label="People"
      one="person"
      many="people"
      columns={COLUMNS}
      rowId={rowId}
      rowName={rowName}
      request={listRequest(search, COLUMNS, USUAL)}
      search={search}
      onSearch={(next) => {
        onSearch(next);
        setSearch(next);
      }}
      searchHint="Name"
      singleLetters
      empty={{ icon: Users, title: "No people yet", text: "People appear here." }}
      {...props}
    />
  );
}

const key = (name: string, held: Partial<KeyboardEventInit> = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...held });
const rowOf = (name: string) => screen.getByRole("row", { name: new RegExp(`${name}(?!\\d)`) });

// The test's document has no layout; the virtual rows need a height to be drawn into.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(900);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  test += 1;
  onSearch.mockClear();
  window.localStorage.clear();
});
afterEach(cleanup);

describe("the grid's rows", () => {
  it("says how many there are and draws only those in sight", () => {
    render(<Page data={dataOf(people(2000), { total: 2140 })} />);
    const grid = screen.getByRole("grid", { name: "People" });
    expect(grid.getAttribute("aria-rowcount")).toBe("2141");
    const rows = within(grid).getAllByRole("row");
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]?.getAttribute("aria-rowindex")).toBe("1");
    expect(rowOf("Person 0").getAttribute("aria-rowindex")).toBe("2");
    expect(screen.getByText("2,140 people")).toBeDefined();
  });

  it("does not pretend to know a total that was not counted to its end", () => {
    render(<Page data={dataOf(people(200), { total: 100_000, totalIsExact: false })} />);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("-1");
    expect(screen.getByText("100,000+ people")).toBeDefined();
  });

  it("asks for the next window when the end of those read comes near", () => {
    const data = dataOf(people(40), { total: 400, hasMore: true });
    render(<Page data={data} />);
    expect(data.readMore).toHaveBeenCalledTimes(1);
  });

  it("does not ask again while the window is coming or after it failed", () => {
    const coming = dataOf(people(40), { hasMore: true, reading: "more" });
    const failed = dataOf(people(40), { hasMore: true, error: ERROR });
    render(<Page data={coming} />);
    cleanup();
    render(<Page data={failed} />);
    expect(coming.readMore).not.toHaveBeenCalled();
    expect(failed.readMore).not.toHaveBeenCalled();
  });
});

describe("the grid's keys", () => {
  it("is one tab stop, which moves with the active row", () => {
    render(<Page data={dataOf(people(50))} />);
    key("j");
    expect(document.activeElement).toBe(rowOf("Person 0"));
    key("j");
    key("ArrowDown");
    expect(document.activeElement).toBe(rowOf("Person 2"));
    key("k");
    expect(document.activeElement).toBe(rowOf("Person 1"));
    const stops = screen.getByRole("grid").querySelectorAll('[tabindex="0"]');
    expect([...stops]).toEqual([rowOf("Person 1")]);
  });

  it("opens with Enter and with a double click", () => {
    const onOpen = vi.fn();
    render(<Page data={dataOf(people(5))} onOpen={onOpen} />);
    key("j");
    key("Enter");
    fireEvent.doubleClick(within(rowOf("Person 3")).getByText("Person 3"));
    expect(onOpen.mock.calls.map(([row]) => row.name)).toEqual(["Person 0", "Person 3"]);
  });

  it("leaves letters to a field that has the focus", () => {
    render(<Page data={dataOf(people(5))} />);
    const field = screen.getByRole("searchbox", { name: "Search people" });
    field.focus();
    key("x");
    expect(screen.queryByText(/selected/)).toBeNull();
    expect(document.activeElement).toBe(field);
  });

  it("leaves letters alone altogether when they are turned off", () => {
    render(<Page data={dataOf(people(5))} singleLetters={false} />);
    key("j");
    expect(document.activeElement).toBe(document.body);
  });

  it("goes to the search field with a slash and back with an arrow", () => {
    render(<Page data={dataOf(people(5))} />);
    key("/");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
    key("ArrowDown");
    expect(document.activeElement).toBe(rowOf("Person 0"));
  });

  it("reaches the head from the first row, sorts there, and comes back", () => {
    render(<Page data={dataOf(people(5))} />);
    key("j");
    key("ArrowUp");
    expect(document.activeElement).toBe(screen.getByRole("columnheader", { name: "Name" }));
    key("ArrowRight");
    key("Enter");
    expect(onSearch).toHaveBeenLastCalledWith({ sort: "-age" });
    expect(screen.getByRole("columnheader", { name: "Age" }).getAttribute("aria-sort")).toBe("descending");
    key("ArrowDown");
    expect(document.activeElement).toBe(rowOf("Person 0"));
  });

  it("shows a row in the side panel and another one with the next key", () => {
    render(<Page data={dataOf(people(5))} glance={(row) => <p>Age {row.age}</p>} />);
    key("j");
    key(" ");
    expect(within(screen.getByRole("complementary", { name: "Details of Person 0" })).getByText("Age 0")).toBeDefined();
    key("j");
    expect(screen.getByRole("complementary", { name: "Details of Person 1" })).toBeDefined();
    expect(onSearch).toHaveBeenLastCalledWith({ id: 101 });
    key("Escape");
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(document.activeElement).toBe(rowOf("Person 1"));
  });

  it("opens the row's menu at the row, with the reason of what can't be done", async () => {
    const entries = [
      { kind: "item" as const, label: "Copy ID", onSelect: vi.fn() },
      { kind: "item" as const, label: "Change role", disabledReason: "Only admins may.", onSelect: vi.fn() },
    ];
    render(<Page data={dataOf(people(5))} actions={() => entries} />);
    key("j");
    key("F10", { shiftKey: true });
    const menu = await screen.findByRole("menu", { name: "Actions for Person 0" });
    expect(
      within(menu)
        .getByRole("menuitem", { name: /Change role/ })
        .getAttribute("aria-disabled"),
    ).toBe("true");
    expect(within(menu).getByText("Only admins may.")).toBeDefined();
    fireEvent.click(within(menu).getByRole("menuitem", { name: "Copy ID" }));
    expect(entries[0]?.onSelect).toHaveBeenCalledTimes(1);
  });
});

describe("the grid's selection", () => {
  it("takes a row, a range, everything that matches, and lets go", () => {
    render(<Page data={dataOf(people(30), { total: 2140, hasMore: true })} />);
    key("j");
    key("x");
    expect(rowOf("Person 0").getAttribute("aria-selected")).toBe("true");
    key("j");
    key("j");
    key("X", { shiftKey: true });
    expect(screen.getAllByText("3 people selected").length).toBeGreaterThan(0);
    expect(screen.getByRole("button", { name: "Select all 2,140" })).toBeDefined();
    key("a", { ctrlKey: true });
    expect(screen.getAllByText("2,140 people selected").length).toBeGreaterThan(0);
    expect(rowOf("Person 9").getAttribute("aria-selected")).toBe("true");
    key("Escape");
    expect(screen.queryByText(/selected/)).toBeNull();
  });

  it("takes a row with its box and a range with Shift", () => {
    render(<Page data={dataOf(people(30))} />);
    fireEvent.click(screen.getByRole("checkbox", { name: "Select Person 2" }));
    fireEvent.click(screen.getByRole("checkbox", { name: "Select Person 5" }), { shiftKey: true });
    expect(screen.getAllByText("4 people selected").length).toBeGreaterThan(0);
  });

  it("does not outlive the list that it was made in", () => {
    render(<Page data={dataOf(people(5))} />);
    key("j");
    key("x");
    fireEvent.click(screen.getByRole("button", { name: "Name" }));
    expect(screen.queryByText(/selected/)).toBeNull();
  });
});

describe("the grid's states", () => {
  it("tells an empty list from one in which nothing matches", () => {
    render(<Page data={dataOf([])} />);
    expect(screen.getByRole("heading", { name: "No people yet" })).toBeDefined();
    cleanup();
    render(<Page data={dataOf([])} start={{ q: "zed", sort: "-age" }} />);
    expect(screen.getByRole("heading", { name: "No people match" })).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(onSearch).toHaveBeenLastCalledWith({ sort: "-age" });
  });

  it("keeps old rows under an error, and says so", () => {
    const data = dataOf(people(5), { error: ERROR });
    render(<Page data={data} />);
    expect(rowOf("Person 4")).toBeDefined();
    expect(screen.getByRole("alert").textContent).toContain("The database does not answer.");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(data.retry).toHaveBeenCalledTimes(1);
  });

  it("shows a failure in full when there are no rows to keep", () => {
    render(<Page data={dataOf([], { total: null, error: ERROR })} />);
    expect(screen.getByRole("heading", { name: "People could not be read" })).toBeDefined();
    expect(screen.queryByText("No people yet")).toBeNull();
  });
});

describe("the grid's filters and columns", () => {
  it("waits for a pause in typing before it asks", () => {
    vi.useFakeTimers();
    render(<Page data={dataOf(people(5))} />);
    const field = screen.getByRole("searchbox");
    fireEvent.change(field, { target: { value: "an" } });
    fireEvent.change(field, { target: { value: "ana" } });
    expect(onSearch).not.toHaveBeenCalled();
    act(() => vi.advanceTimersByTime(250));
    expect(onSearch.mock.calls).toEqual([[{ q: "ana" }]]);
    vi.useRealTimers();
  });

  it("adds a filter, and takes it away with its chip", async () => {
    render(<Page data={dataOf(people(5))} />);
    fireEvent.click(screen.getByRole("button", { name: "Add filter" }));
    const popover = await screen.findByRole("dialog", { name: "Filter by" });
    fireEvent.click(within(popover).getByRole("button", { name: "Age" }));
    fireEvent.change(screen.getByRole("textbox", { name: "Age" }), { target: { value: "4.5" } });
    fireEvent.click(screen.getByRole("button", { name: "Apply" }));
    expect(screen.getByText("Enter a whole number.")).toBeDefined();
    fireEvent.change(screen.getByRole("textbox", { name: "Age" }), { target: { value: "40" } });
    fireEvent.click(screen.getByRole("button", { name: "Apply" }));
    expect(onSearch).toHaveBeenLastCalledWith({ f: "age.at_least.40" });
    fireEvent.click(screen.getByRole("button", { name: "Remove filter: Age at least 40" }));
    expect(onSearch).toHaveBeenLastCalledWith({});
  });

  it("hides a column and remembers it", async () => {
    render(<Page data={dataOf(people(5))} />);
    fireEvent.click(screen.getByRole("button", { name: "Columns" }));
    fireEvent.click(await screen.findByRole("menuitem", { name: /Role/ }));
    expect(screen.queryByRole("columnheader", { name: "Role" })).toBeNull();
    cleanup();
    render(<Page data={dataOf(people(5))} />);
    expect(screen.queryByRole("columnheader", { name: "Role" })).toBeNull();
    expect(screen.getByRole("columnheader", { name: "Age" })).toBeDefined();
  });

  it("exports what is asked for with the columns that are shown", async () => {
    const onExport = vi.fn().mockResolvedValue({ path: "/home/ana/people.csv", rows: 2140 });
    render(<Page data={dataOf(people(5))} start={{ q: "ana" }} onExport={onExport} />);
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Export CSV" })));
    expect(onExport).toHaveBeenCalledWith({
      list: { search: "ana", filters: [], sort: USUAL, after: null, limit: 200 },
      columns: ["name", "age", "role"],
    });
  });
});
