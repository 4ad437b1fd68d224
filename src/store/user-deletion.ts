import * as semconv from "../instrument/semconv.js";
import type { SpanRow } from "../receive/telemetry-batch.js";
import type { ErrorTable } from "./error-table.js";
import type { MetricRollUps } from "./metric-roll-ups.js";
import type { PointTable } from "./point-table.js";
import type { RequestLog } from "./request-log.js";
import type { RequestRollUps } from "./request-roll-ups.js";
import type { RequestTable } from "./request-table.js";
import type { SeriesTable } from "./series-table.js";
import type { DeletedRows } from "./telemetry-store.js";
import type { TraceTable } from "./trace-table.js";

/** Where rows of a user are. */
export interface UserTables {
  traces: TraceTable;
  requests: RequestTable;
  errors: ErrorTable;
  requestLog: RequestLog;
  requestRollUps: RequestRollUps;
  series: SeriesTable;
  points: PointTable;
  metricRollUps: MetricRollUps;
}

/**
 * Removes what is stored of a user.
 *
 * A trace that is the user's alone goes whole, with every record of it. Of one that another user has a part in, such
 * as that of a worker that serves a queue, only the user's own go: the spans from one that carries the user's id down
 * to one that carries another's, and the errors of those spans and of the user's requests. What is summed up over
 * several users stays.
 *
 * The files go first: it can be called again after it was cut off, and then still knows from the database what is to
 * go from the files.
 *
 * @param transaction runs its work as a whole or not at all
 */
export function deleteUser(user: string, tables: UserTables, transaction: <T>(work: () => T) => T): DeletedRows {
  const { traces, requests, errors, requestLog } = tables;
  const all = new Set([...requests.tracesOf(user), ...traces.tracesOf(user)]);
  const shared = new Set([...requests.sharedWithOthers(all, user), ...traces.sharedWithOthers(all, user)]);
  const whole = new Set([...all].filter((traceId) => !shared.has(traceId)));

  const jsonLines = requestLog.deleteOf(user, whole);
  return transaction(() => {
    const deletion: DeletedRows = {
      ...{ requests: 0, traces: 0, spans: 0, errors: 0, jsonLines },
      // They outlive the records.
      totals: tables.requestRollUps.deleteOf(user),
      points: deletePoints(user, tables),
    };
    for (const traceId of whole) {
      const spans = traces.deleteSpans(traceId, () => true);
      deletion.spans += spans;
      if (spans > 0) deletion.traces += 1;
    }
    const errorsOf = new Map<string, { spans: ReadonlySet<string>; requests: readonly string[] }>();
    for (const traceId of shared) {
      const own = spansOf(user, traces.spans(traceId));
      errorsOf.set(traceId, { spans: own, requests: requests.idsOf(user, traceId) });
      deletion.spans += traces.deleteSpans(traceId, ({ spanId }) => own.has(spanId));
    }
    deletion.errors = errors.deleteOf(all, ({ trace_id: traceId, span_id: spanId, request_id: requestId = "" }) => {
      const own = errorsOf.get(traceId);
      return own === undefined || own.spans.has(spanId) || own.requests.includes(requestId);
    });
    deletion.requests = requests.deleteOf(user, whole);
    requestLog.movePositionsBack();
    return deletion;
  });
}

/** Chainwatch's own metrics say nothing of users; those of other senders may. */
function deletePoints(user: string, { series, points, metricRollUps }: UserTables): number {
  let deleted = 0;
  for (const { id, metric } of series.ofUser(user)) {
    deleted += points.deleteSeries(id);
    metricRollUps.deleteSeries(metric, id);
    series.delete(id);
  }
  return deleted;
}

/** The ids of the spans that are a user's, by their own word or that of the nearest span above them that says it. */
function spansOf(user: string, spans: readonly SpanRow[]): Set<string> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const isOwn = (span: SpanRow): boolean => {
    // Parents may go in a circle when a sender is at fault.
    const seen = new Set<SpanRow>();
    for (let at: SpanRow | undefined = span; at !== undefined && !seen.has(at); at = byId.get(at.parentSpanId ?? "")) {
      const said = at.attributes[semconv.ATTR_USER_ID];
      if (said !== undefined && said !== null) return String(said) === user;
      seen.add(at);
    }
    return false;
  };
  return new Set(spans.filter(isOwn).map(({ spanId }) => spanId));
}
