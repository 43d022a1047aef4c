import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
} from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { ID_PARAMS, withPage } from "./pages";

afterEach(cleanup);

it("shows a page only when its code is there, without an empty panel before it", async () => {
  let arrive: (module: { Page: (props: { name: string }) => string }) => void = () => undefined;
  const fetched = vi.fn(() => new Promise<Parameters<typeof arrive>[0]>((resolve) => (arrive = resolve)));
  const Page = lazyRouteComponent(fetched, "Page");
  const empty = vi.fn(() => null);
  const Empty = () => empty();
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/",
    component: withPage(Page, () => (
      <Suspense fallback={<Empty />}>
        <Page name="Servers" />
      </Suspense>
    )),
  });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(<RouterProvider router={router as never} />);
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(1));
  arrive({ Page: ({ name }) => `The page ${name}` });
  expect(await screen.findByText("The page Servers")).toBeDefined();
  expect(empty).not.toHaveBeenCalled();
});

it("takes whole positive numbers for an ID, and nothing else", () => {
  expect(ID_PARAMS.parse({ id: "208" })).toEqual({ id: 208 });
  for (const id of ["0", "-1", "1.5", "x", ""]) expect(() => ID_PARAMS.parse({ id })).toThrow();
});
