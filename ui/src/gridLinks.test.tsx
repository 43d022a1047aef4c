import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TicketDetail } from "./bindings/contract";
import { CONTAINER_COLUMNS } from "./features/containers/columns";
import { PLACES } from "./features/dashboard/links";
import { INVOICE_COLUMNS } from "./features/invoices/columns";
import { ORGANIZATION_COLUMNS } from "./features/organizations/columns";
import {
  InvoicesPanel,
  ServersPanel,
  TransactionsPanel,
  UsersPanel,
} from "./features/organizations/OrganizationPanels";
import { PLAN_COLUMNS } from "./features/plans/columns";
import { SERVER_COLUMNS } from "./features/servers/columns";
import { CustomerPane } from "./features/tickets/CustomerPane";
import { TRANSACTION_COLUMNS } from "./features/transactions/columns";
import { USER_COLUMNS } from "./features/users/columns";
import { setTransport } from "./ipc/call";
import { createQueryClient } from "./ipc/queries";
import { type ReadyState, SessionProvider } from "./ipc/session";
import type { GridColumn } from "./table/columns";
import { knownFilters } from "./table/filterValues";
import { filteredTo, ofOrganization, onlyRow } from "./table/linkSearch";
import { parseFilters } from "./table/listSearch";

/** What a grid does with a link's filters; one that it doesn't know it drops, and shows everybody's rows. */
function kept<Row>(columns: ReadonlyArray<GridColumn<Row>>): (f: string) => ReadonlyArray<unknown> {
  return (f) => knownFilters(parseFilters(f), columns);
}

const GRIDS: Readonly<Record<string, (f: string) => ReadonlyArray<unknown>>> = {
  "/organizations": kept(ORGANIZATION_COLUMNS),
  "/users": kept(USER_COLUMNS),
  "/servers": kept(SERVER_COLUMNS),
  "/containers": kept(CONTAINER_COLUMNS),
  "/transactions": kept(TRANSACTION_COLUMNS),
  "/invoices": kept(INVOICE_COLUMNS),
  "/plans": kept(PLAN_COLUMNS),
};

function keptBy(path: string, f: string): ReadonlyArray<unknown> {
  const grid = GRIDS[path];
  if (grid === undefined) throw new Error(`no grid at ${path}`);
  return grid(f);
}

const session = {
  phase: "ready",
  session: { role: "admin" },
  permissions: [{ area: "transactions", read: true, write: true, reason: null }],
} as unknown as ReadyState;

async function show(page: ReactNode): Promise<void> {
  const root = createRootRoute({ component: Outlet });
  const home = createRoute({ getParentRoute: () => root, path: "/", component: () => page });
  const router = createRouter({
    routeTree: root.addChildren([home]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SessionProvider state={session}>
        <RouterProvider router={router as never} />
      </SessionProvider>
    </QueryClientProvider>,
  );
  await screen.findAllByRole("link");
}

/** The lists that the page's links filter, with the filters. */
function filteredLinks(): Array<{ path: string; f: string }> {
  return screen.getAllByRole("link").flatMap((link) => {
    const { pathname, searchParams } = new URL(link.getAttribute("href") ?? "", "http://desk");
    const f = searchParams.get("f");
    return f === null ? [] : [{ path: pathname, f }];
  });
}

beforeEach(() => setTransport(() => new Promise(() => undefined)));
afterEach(cleanup);

describe("links to a filtered list", () => {
  it("beside a ticket are filtered to its customer, and amounts are in their invoices' currency", async () => {
    const detail = {
      ticket: { ticket_number: "T-1" },
      context: {
        organization_id: 7,
        organization: "Acme; Sons ~ 100%",
        customer: null,
        customer_email: null,
        customer_since: "2026-01-01T00:00:00Z",
        wallet: { balance: "1.00", currency: "USD" },
        servers: [],
        server_count: 0,
        invoices: [{ id: 3, number: "INV-3", amount: "12.00", currency: "EUR", state: "paid", created_at: null }],
        earlier_tickets: [],
        ticket_count: 1,
        open_ticket_count: 1,
      },
    } as unknown as TicketDetail;
    await show(<CustomerPane detail={detail} onHide={() => undefined} renderDeposit={() => null} />);
    const links = filteredLinks();
    expect(links.map(({ path }) => path)).toEqual(["/transactions", "/servers", "/invoices"]);
    for (const { path, f } of links) {
      expect(keptBy(path, f)).toEqual([{ column: "organization", op: "is", values: ["Acme; Sons ~ 100%"] }]);
    }
    expect(screen.getByText("\u20ac12.00")).toBeDefined();
  });

  it("on an organization's page are filtered to it", async () => {
    await show(
      <>
        <TransactionsPanel name="Acme" rows={[]} />
        <InvoicesPanel name="Acme" rows={[]} />
        <ServersPanel name="Acme" rows={[]} total={0} />
        <UsersPanel name="Acme" rows={[]} total={0} />
      </>,
    );
    const links = filteredLinks();
    expect(links).toHaveLength(4);
    for (const { path, f } of links) expect(keptBy(path, f)).toHaveLength(1);
    expect(keptBy("/containers", ofOrganization("Acme").f ?? "")).toHaveLength(1);
  });

  it("on the dashboard are filtered to what needs somebody", () => {
    const filtered = Object.values(PLACES).filter(({ search }) => typeof search.f === "string");
    expect(filtered.length).toBeGreaterThan(0);
    for (const { to, search } of filtered) {
      const f = String(search.f);
      expect(keptBy(to, f)).toEqual(parseFilters(f));
    }
  });

  it("to one row, a plan's or an account's find no others", () => {
    for (const path of ["/users", "/servers", "/containers", "/transactions"]) {
      expect(keptBy(path, onlyRow(7).f ?? "")).toEqual([{ column: "id", op: "is", values: ["7"] }]);
    }
    for (const path of ["/servers", "/containers"]) {
      expect(keptBy(path, filteredTo({ column: "plan", op: "is", values: ["Large"] }).f ?? "")).toHaveLength(1);
    }
    expect(keptBy("/servers", filteredTo({ column: "account", op: "is", values: ["Main"] }).f ?? "")).toHaveLength(1);
  });
});
