import type { RequestRecord } from "../store/request-record.js";
import type { RequestFilter, TraceFilter, TraceSummary } from "../store/telemetry-store.js";
import type { ServerClient } from "./server-client.js";

/** The requests and traces of a running Chainwatch server, as its store gives them. */
export class ServerTraces {
  constructor(private readonly client: ServerClient) {}

  /** @throws {QueryError} */
  requests(filter: Omit<RequestFilter, "ended">): Promise<RequestRecord[]> {
    return this.client.list("/api/requests", parametersOf(filter), "requests");
  }

  /** @throws {QueryError} */
  traces(filter: TraceFilter): Promise<TraceSummary[]> {
    return this.client.list("/api/traces", parametersOf(filter), "traces");
  }

  /**
   * The API has no list of errors, so these are of traces whose request failed.
   *
   * @throws {QueryError}
   */
  errors(filter: Pick<TraceFilter, "fromMs" | "toMs" | "limit">): Promise<TraceSummary[]> {
    return this.traces({ ...filter, outcome: "error" });
  }
}

/** As the API calls the parts of a filter; the others have the same name, but for the times. */
const NAMES: Readonly<Record<string, string>> = { traceId: "trace_id", minDurationS: "min_duration" };

function parametersOf({ fromMs, toMs, ...others }: Omit<RequestFilter, "ended"> & TraceFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  if (fromMs !== undefined) parameters.set("from", new Date(fromMs).toISOString());
  if (toMs !== undefined) parameters.set("to", new Date(toMs).toISOString());
  for (const [name, value] of Object.entries(others)) parameters.set(NAMES[name] ?? name, String(value));
  return parameters;
}
