import type { TelemetryStore } from "../../store/telemetry-store.js";
import type { ApiRoute } from "./api.js";
import { compareChoicesView, compareView, releasesView } from "./compare-view.js";
import { OneAtATime } from "./one-at-a-time.js";

export interface CompareSources {
  store: Pick<TelemetryStore, "compared" | "versions">;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** Each holds the numbers of several hundred thousand requests. */
const MOST_WAITING = 10;

/** What differs between releases, and between prompt versions. */
export function compareRoutes({ store, nowMs }: CompareSources): ApiRoute[] {
  const comparisons = new OneAtATime("comparisons", MOST_WAITING);
  return [
    {
      method: "GET",
      path: "/api/compare",
      answer: ({ query }) => comparisons.run(() => compareView(store, query, nowMs())),
    },
    {
      method: "GET",
      path: "/api/compare/choices",
      answer: ({ query }) => compareChoicesView(store, query),
    },
    {
      method: "GET",
      path: "/api/releases",
      answer: ({ query }) => releasesView(store, query),
    },
  ];
}
