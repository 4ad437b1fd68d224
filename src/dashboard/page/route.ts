import { signal } from "@preact/signals";
import { apiPath } from "./api-path.js";

export type Route =
  | { view: "board" }
  | { view: "traces" }
  | { view: "requests" }
  | { view: "trace"; traceId: string }
  | { view: "alerts" }
  | { view: "login" }
  | { view: "unknown" };

function read(path: string): Route {
  if (path === "/") return { view: "board" };
  if (path === "/traces") return { view: "traces" };
  if (path === "/requests") return { view: "requests" };
  if (path === "/alerts") return { view: "alerts" };
  if (path === "/login") return { view: "login" };
  const traceId = /^\/traces\/([^/]+)$/.exec(path)?.[1];
  return traceId ? { view: "trace", traceId } : { view: "unknown" };
}

export const route = signal<Route>(read(location.pathname));
/** The query of the address, where the lists keep their filters. */
export const search = signal(location.search);

function follow(): void {
  route.value = read(location.pathname);
  search.value = location.search;
}

addEventListener("popstate", follow);

export function goTo(path: string, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", path);
  follow();
  if (!replace) scrollTo(0, 0);
}

/** Sets one part of a list's filter, or takes it away with "". It is in the address, so that it can be shared. */
export function choose(name: string, value: string): void {
  const next = new URLSearchParams(search.peek());
  if (value) next.set(name, value);
  else next.delete(name);
  goTo(apiPath(location.pathname, Object.fromEntries(next)), { replace: true });
}

/** Clicks on links of the page change the view without loading it anew; those meant for a new tab are left alone. */
addEventListener("click", (event) => {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return;
  }
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.origin !== location.origin || link.pathname.startsWith("/api/")) return;
  event.preventDefault();
  goTo(link.pathname + link.search);
});
