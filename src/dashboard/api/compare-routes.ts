import type { TelemetryStore } from "../../store/telemetry-store.js";
import type { ApiRoute } from "./api.js";
import { compareChoicesView, compareView, releasesView } from "./compare-view.js";

export interface CompareSources {
  store: Pick<TelemetryStore, "compared" | "versions">;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** What differs between releases, and between prompt versions. */
export function compareRoutes({ store, nowMs }: CompareSources): ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/compare",
      answer: ({ query }) => compareView(store, query, nowMs()),
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
