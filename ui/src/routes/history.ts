import { createBrowserHistory, type RouterHistory } from "@tanstack/react-router";

/** What a page without a history yet begins with; the router numbers its steps with it. */
const BEGINNING = { __TSR_index: 0, __TSR_key: "beginning", key: "beginning" };

/**
 * The path is in the fragment, so that no server has to know the routes: neither Tauri's nor the tests'. The router's
 * own hash history would add the page's query to each route's.
 */
export function createFragmentHistory(): RouterHistory {
  return createBrowserHistory({
    parseLocation: () => {
      const path = window.location.hash.slice(1);
      const { pathname, search, hash } = new URL(path.startsWith("/") ? path : "/", window.location.origin);
      return { href: `${pathname}${search}${hash}`, pathname, search, hash, state: window.history.state ?? BEGINNING };
    },
    createHref: (path) => `${window.location.pathname}${window.location.search}#${path}`,
  });
}
