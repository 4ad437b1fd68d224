import type { SeriesSource } from "../../query/series-source.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import type { ApiRoute } from "./api.js";
import { indicatorsView, samplesListView, samplesView, seriesListView, seriesView } from "./indicators-view.js";
import { type AlertWorkView, type ServerFacts, statusView } from "./status-view.js";
import { traceRoutes } from "./trace-routes.js";

export interface TelemetrySources {
  store: Pick<TelemetryStore, "traces" | "trace" | "requests" | "errors" | "status">;
  indicators: SeriesSource;
  server: ServerFacts;
  alertWork(): AlertWorkView;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** What can be read of the stored telemetry. */
export function telemetryRoutes({ store, indicators, server, alertWork, nowMs }: TelemetrySources): ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/status",
      async answer({ query }) {
        query.end();
        return statusView(server, await store.status(), alertWork());
      },
    },
    {
      method: "GET",
      path: "/api/indicators",
      answer: ({ query }) => indicatorsView(indicators, query, nowMs()),
    },
    {
      method: "GET",
      path: "/api/indicators/:id",
      answer: ({ query, id }) => samplesView(indicators, id, query, nowMs()),
    },
    {
      method: "GET",
      path: "/api/indicators/:id/series",
      answer: ({ query, id }) => seriesView(indicators, id, query, nowMs()),
    },
    {
      method: "GET",
      path: "/api/samples",
      answer: ({ query }) => samplesListView(indicators, query, nowMs()),
    },
    {
      method: "GET",
      path: "/api/series",
      answer: ({ query }) => seriesListView(indicators, query, nowMs()),
    },
    ...traceRoutes({ store, nowMs }),
  ];
}
