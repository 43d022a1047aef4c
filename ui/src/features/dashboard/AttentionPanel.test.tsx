import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { DashboardSummary } from "../../bindings/contract";
import { AttentionPanel } from "./AttentionPanel";
import { PLACES } from "./links";

afterEach(cleanup);

async function show(attention: ReadonlyArray<{ concern: string; count: number }>): Promise<void> {
  const summary = {
    attention: attention.map((item) => ({ unassigned: null, amount: null, since: null, ...item })),
  } as unknown as DashboardSummary;
  const root = createRootRoute({ component: Outlet });
  const home = createRoute({
    getParentRoute: () => root,
    path: "/",
    component: () => <AttentionPanel summary={summary} />,
  });
  const plans = createRoute({ getParentRoute: () => root, path: "/plans" });
  const router = createRouter({
    routeTree: root.addChildren([home, plans]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(<RouterProvider router={router as never} />);
  await screen.findByText("Needs attention");
}

describe("plans that sell below cost", () => {
  it.each([
    [1, "1 plan sells below cost", "The provider takes more for it than we charge"],
    [3, "3 plans sell below cost", "The provider takes more for them than we charge"],
  ])("%i of them lead to the plans that are at a loss", async (count, title, text) => {
    await show([{ concern: "plans_below_cost", count }]);
    expect(screen.getByText(title)).toBeDefined();
    expect(screen.getByText(text)).toBeDefined();
    const link = new URL(
      screen.getByRole("link", { name: `Review: ${title}` }).getAttribute("href") ?? "",
      "http://desk",
    );
    expect(link.pathname).toBe("/plans");
    expect(link.searchParams.get("f")).toBe(PLACES.plans_below_cost.search.f);
  });

  it("are not spoken of where there are none", async () => {
    await show([]);
    expect(screen.queryByText(/below cost/)).toBeNull();
    expect(screen.getByText("Nothing needs anybody now.")).toBeDefined();
  });
});
