import { type AsyncRouteComponent, notFound } from "@tanstack/react-router";
import type { ReactNode } from "react";

/**
 * A route's component that hands something to its page. The page's code is fetched before the route is shown, so that
 * the first visit begins with the page and not with an empty panel.
 */
export function withPage<Props>(page: AsyncRouteComponent<Props>, component: () => ReactNode) {
  // Asked at the time: a page that has been fetched has nothing to preload any more.
  return Object.assign(component, { preload: () => page.preload?.() });
}

/** `/$id` as a number. What is none leads nowhere. */
export const ID_PARAMS = {
  parse: (raw: { id: string }) => {
    const id = Number(raw.id);
    if (!Number.isSafeInteger(id) || id <= 0) throw notFound();
    return { id };
  },
  stringify: (params: { id: number }) => ({ id: String(params.id) }),
};
