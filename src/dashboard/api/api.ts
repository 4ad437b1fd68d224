import type { AlertsView } from "../../alert/alert-view.js";
import type { SeriesSource } from "../../query/series-source.js";
import type { TelemetryStore } from "../../store/telemetry-store.js";
import { ApiError } from "./api-error.js";
import { traceFilter } from "./filter.js";
import { indicatorsView, samplesView, seriesView } from "./indicators-view.js";
import { QueryParameters } from "./query-parameters.js";
import { requestsView } from "./requests-view.js";
import { type ServerFacts, statusView } from "./status-view.js";
import { traceView } from "./trace-view.js";

/** What the JSON API reads. It changes nothing. */
export interface ApiSources {
  store: Pick<TelemetryStore, "traces" | "trace" | "requests" | "errors" | "status">;
  indicators: SeriesSource;
  alerts(): Promise<AlertsView>;
  /** The rules as they are evaluated, defaults filled in. */
  rules(): readonly object[];
  server: ServerFacts;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

interface Route {
  /** Segments; `:id` takes any one. */
  path: string;
  answer(sources: ApiSources, query: QueryParameters, id: string): object | Promise<object>;
}

const ROUTES: readonly Route[] = [
  {
    path: "/api/status",
    answer: async ({ store, server }, query) => {
      query.end();
      return statusView(server, await store.status());
    },
  },
  {
    path: "/api/indicators",
    answer: ({ indicators, nowMs }, query) => indicatorsView(indicators, query, nowMs()),
  },
  {
    path: "/api/indicators/:id",
    answer: ({ indicators, nowMs }, query, id) => samplesView(indicators, id, query, nowMs()),
  },
  {
    path: "/api/indicators/:id/series",
    answer: ({ indicators, nowMs }, query, id) => seriesView(indicators, id, query, nowMs()),
  },
  {
    path: "/api/traces",
    answer: async ({ store }, query) => {
      const filter = traceFilter(query);
      query.end();
      return { traces: await store.traces(filter) };
    },
  },
  {
    path: "/api/traces/:id",
    answer: ({ store }, query, id) => {
      query.end();
      return traceView(store, id);
    },
  },
  {
    path: "/api/requests",
    answer: ({ store }, query) => requestsView(store, query),
  },
  {
    path: "/api/alerts",
    answer: ({ alerts }, query) => {
      query.end();
      return alerts();
    },
  },
  {
    path: "/api/rules",
    answer: ({ rules }, query) => {
      query.end();
      return { rules: rules() };
    },
  },
];

/**
 * Answers a read of the JSON API.
 *
 * @throws {ApiError} with the status and the reason to answer
 */
export async function answerApi(sources: ApiSources, method: string, url: URL): Promise<object> {
  for (const route of ROUTES) {
    const id = match(route.path, url.pathname);
    if (id === undefined) continue;
    if (method !== "GET" && method !== "HEAD") {
      throw new ApiError(405, `${url.pathname} can only be read`, { expected: "GET", found: method });
    }
    return route.answer(sources, new QueryParameters(url.searchParams), id);
  }
  throw new ApiError(404, `no ${url.pathname} in the API`, { expected: ROUTES.map(({ path }) => path).join(", ") });
}

/** The value of `:id`, "" for a path without one, undefined for another path. */
function match(pattern: string, path: string): string | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  let id = "";
  for (const [index, segment] of wanted.entries()) {
    const found = given[index] ?? "";
    if (segment === ":id" && found !== "") id = decoded(found);
    else if (segment !== found) return undefined;
  }
  return id;
}

/** A path with a broken escape names nothing that exists; it must not be an error of the server. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
