import { signal } from "@preact/signals";
import { apiPath } from "./api-path.js";

/** The views that stand in the head of the page. */
export type ViewName = "now" | "trends" | "costs" | "compare" | "traces" | "requests" | "alerts" | "setup";

export type Route = { view: ViewName } | { view: "trace"; traceId: string } | { view: "login" } | { view: "unknown" };

/** Their paths, in the order in which they are offered. */
export const VIEW_PATHS: Readonly<Record<ViewName, string>> = {
  now: "/",
  trends: "/trends",
  costs: "/costs",
  compare: "/compare",
  traces: "/traces",
  requests: "/requests",
  alerts: "/alerts",
  setup: "/setup",
};

function read(path: string): Route {
  const view = (Object.keys(VIEW_PATHS) as ViewName[]).find((name) => VIEW_PATHS[name] === path);
  if (view !== undefined) return { view };
  if (path === "/login") return { view: "login" };
  const traceId = /^\/traces\/([^/]+)$/.exec(path)?.[1];
  return traceId ? { view: "trace", traceId } : { view: "unknown" };
}

export const route = signal<Route>(read(location.pathname));
/** The query of the address: all that a reader chose in a view, so that the address can be shared. */
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

/** What the address says of one choice; a component that calls it is drawn anew when that changes. */
export function chosen(name: string): string | undefined {
  return new URLSearchParams(search.value).get(name) || undefined;
}

/** Sets one choice in the address, or takes it away with "". */
export function choose(name: string, value: string): void {
  chooseAll({ [name]: value });
}

/** The same for several at once. */
export function chooseAll(choices: Readonly<Record<string, string>>): void {
  const next = new URLSearchParams(search.peek());
  for (const [name, value] of Object.entries(choices)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  goTo(apiPath(location.pathname, Object.fromEntries(next)), { replace: true });
}

/** The address of a view that shows the same service as this one. */
export function viewPath(view: ViewName, choices: Readonly<Record<string, string | undefined>> = {}): string {
  return apiPath(VIEW_PATHS[view], { service: chosen("service"), ...choices });
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
