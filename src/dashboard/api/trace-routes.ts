import type { TelemetryStore } from "../../store/telemetry-store.js";
import type { ApiRoute } from "./api.js";
import { conversationView } from "./conversation-view.js";
import { traceFilter, turnFilter } from "./filter.js";
import { traceView } from "./trace-view.js";
import { tracesView, traceValuesView } from "./traces-view.js";

export interface TraceSources {
  store: Pick<TelemetryStore, "traces" | "trace" | "requests" | "errors">;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** Traces: the list, one of them, what they can be looked for by, and those of a conversation. */
export function traceRoutes({ store, nowMs }: TraceSources): ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/api/traces",
      answer({ query }) {
        const filter = traceFilter(query, nowMs());
        query.end();
        return tracesView(store, filter);
      },
    },
    {
      method: "GET",
      path: "/api/trace-values",
      answer({ query }) {
        query.end();
        return traceValuesView(store);
      },
    },
    {
      method: "GET",
      path: "/api/traces/:id",
      answer({ query, id }) {
        query.end();
        return traceView(store, id);
      },
    },
    {
      method: "GET",
      path: "/api/conversations/:id",
      answer({ query, id }) {
        const filter = turnFilter(query, nowMs());
        query.end();
        return conversationView(store, id, filter);
      },
    },
  ];
}
