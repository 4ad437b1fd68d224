import { signal } from "@preact/signals";

export type Route =
  | { view: "board" }
  | { view: "traces" }
  | { view: "trace"; traceId: string }
  | { view: "alerts" }
  | { view: "login" }
  | { view: "unknown" };

function read(path: string): Route {
  if (path === "/") return { view: "board" };
  if (path === "/traces") return { view: "traces" };
  if (path === "/alerts") return { view: "alerts" };
  if (path === "/login") return { view: "login" };
  const traceId = /^\/traces\/([^/]+)$/.exec(path)?.[1];
  return traceId ? { view: "trace", traceId } : { view: "unknown" };
}

export const route = signal<Route>(read(location.pathname));
/** The query of the address, where the trace list keeps its filter. */
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
