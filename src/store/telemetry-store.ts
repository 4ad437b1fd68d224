import type { RecordDimension } from "../indicators/dimension.js";
import type { RecordNumber } from "../indicators/record-question.js";
import type { Attributes, Histogram, PointKind, SpanRow, TelemetryBatch } from "../receive/telemetry-batch.js";
import type { Outcome, RequestRecord } from "./request-record.js";
import type { RequestTotals, TotalsSplit } from "./request-totals.js";

/** Most expensive first leaves out what has no known cost. */
export type ListOrder = "newest" | "slowest" | "most_expensive";

export interface TraceFilter {
  /** Unix time, milliseconds; inclusive. */
  fromMs?: number;
  /** Unix time, milliseconds; exclusive. */
  toMs?: number;
  service?: string;
  type?: string;
  user?: string;
  model?: string;
  outcome?: Outcome;
  /** `gen_ai.conversation.id` of a span. */
  conversation?: string;
  /** Seconds. */
  minDurationS?: number;
  /** Seconds. */
  maxDurationS?: number;
  /** US dollars; leaves out what has no known cost. */
  minCostUsd?: number;
  /** Sub-string of a span name, or of captured content. */
  text?: string;
  sort?: ListOrder;
  /** Id of a trace: only what stands after it in the order of `sort`, for the next page. */
  after?: string;
  /** At most 1,000. */
  limit?: number;
}

/** One line of the trace list. */
export interface TraceSummary {
  trace_id: string;
  /** Name of the root span, or of the earliest span while the root has not arrived. */
  name: string;
  service: string;
  /** ISO 8601, UTC. */
  start: string;
  /** Seconds. */
  duration: number;
  spans: number;
  errors: number;
  type?: string;
  user_id?: string;
  outcome?: Outcome;
  models: string[];
  tokens: number;
  cost_usd?: number;
}

export interface RequestFilter {
  /** Unix time, milliseconds, of the start; inclusive. */
  fromMs?: number;
  /** Unix time, milliseconds, of the start; exclusive. */
  toMs?: number;
  /**
   * In place of both: ended in `(fromUs, toUs]`, Unix microseconds, as every figure counts requests. One that began
   * more than 15 minutes before the window is not found.
   */
  ended?: { fromUs: number; toUs: number };
  service?: string;
  environment?: string;
  release?: string;
  instance?: string;
  type?: string;
  user?: string;
  session?: string;
  tenant?: string;
  model?: string;
  /** As records list it, `name@version`. */
  prompt?: string;
  outcome?: Outcome;
  traceId?: string;
  sort?: ListOrder;
  /** Only what comes after it, of the newest first: the next page. */
  before?: RequestPosition;
  limit?: number;
}

/** Where a record stands among all, by their start. */
export interface RequestPosition {
  /** UTC day whose table has it, as the number of days since 1970-01-01. */
  day: number;
  timeUs: number;
  id: number;
}

export interface RequestPage {
  requests: RequestRecord[];
  /** `before` of the next page; absent when this is the last, or the order is another than the newest first. */
  next?: RequestPosition;
}

/** One file of the daily JSON lines. */
export interface RequestDay {
  /** `2026-11-24`, UTC. */
  day: string;
  bytes: number;
  /** Records of the day in the database; absent when it has none, as after a damaged one was set aside. */
  requests?: number;
}

/** How much was removed of a user. */
export interface DeletedRows {
  requests: number;
  /** Removed as a whole. */
  traces: number;
  spans: number;
  errors: number;
  /** In the daily files. */
  jsonLines: number;
  /** Rows of the user in the totals by hour and day. */
  totals: number;
  /** Points of metrics that carry the user's id, which those of Chainwatch never do. */
  points: number;
}

export interface UserDeletion extends DeletedRows {
  /** All files of damaged databases in the data folder, which may hold something of the user and cannot be searched. */
  setAside: string[];
}

/** One `chainwatch.error` record. */
export interface ErrorRecord {
  /** ISO 8601, UTC. */
  timestamp: string;
  service: string;
  error_type: string;
  exception_type: string;
  message: string;
  stack?: string;
  /** Of the request in which it happened. */
  request_id?: string;
  trace_id: string;
  span_id: string;
}

export interface TimeWindow {
  /** Unix time in microseconds; exclusive. */
  fromUs: number;
  /** Unix time in microseconds; inclusive. */
  toUs: number;
}

export interface GrowthQuery {
  metric: string;
  /** Answered in one go; they may overlap. */
  windows: readonly TimeWindow[];
  /** Only these attributes are told of a series, and series that are then the same are added up. Absent: all. */
  attributes?: { resource: readonly string[]; point: readonly string[] };
}

/** Of requests that ended in the windows. */
export interface RequestTotalsQuery extends TotalsSplit {
  /** What is added up, beside the requests themselves; default all. */
  numbers?: readonly RecordNumber[];
  /** Answered in one go; they may overlap. */
  windows: readonly TimeWindow[];
}

/** How often requests that ended in a window have each value of a field. */
export interface ValueCountsQuery {
  field: CountedField;
  /** Besides the field itself. */
  by: readonly RecordDimension[];
  where: Pick<RequestFilter, RecordDimension>;
  ended: TimeWindow;
  /** Of more requests none are counted: each record is looked into. */
  most: number;
}

export type CountedField = "query" | "type";

/** What a request does not say is absent from the labels; it is not counted without the field. */
export interface ValueCount {
  labels: Partial<Record<RecordDimension, string>>;
  value: string;
  requests: number;
}

/** The different users of a group's requests. */
export interface ActiveUsers {
  labels: RequestTotals["labels"];
  users: number;
  /** How many requests name a user. */
  requests: number;
}

export interface PointsQuery {
  metric: string;
  /** Answered in one go; they may overlap. */
  windows: readonly TimeWindow[];
}

/** How much one series grew in a window: the sum of its deltas, a histogram for histograms. */
export interface SeriesGrowth {
  attributes: Attributes;
  resource: Attributes;
  kind: PointKind;
  growth: number | Histogram;
}

/**
 * A gauge's or up-down counter's points in a window, oldest first. Of whole slots of roll-ups: the last two and the
 * highest of each series, and all points of the highest collection of each process.
 */
export interface SeriesPoints {
  attributes: Attributes;
  resource: Attributes;
  kind: PointKind;
  points: { timeUs: number; value: number }[];
}

/** A server may be set to keep its rows, and what they add up to, for so many days. */
export const MOST_DAYS_KEPT = 3_650;

/** What requests are compared by: the release of the app that served them, or a prompt that they used. */
export type VersionKind = "release" | "prompt";

export interface ComparedRequestsQuery {
  by: VersionKind;
  version: string;
  /** Ended in `(fromUs, toUs]`, Unix microseconds. */
  ended: { fromUs: number; toUs: number };
  service?: string;
  environment?: string;
  type?: string;
  /** How many are read: the newest. */
  most: number;
  /** How many of the worst are told. */
  worst: number;
}

/** What requests are compared in. */
export interface ComparedRequests {
  /** By how they ended, an outcome perhaps several times. The numbers are in no order; costs that are unknown are left out. */
  outcomes: {
    outcome: Outcome;
    requests: number;
    /** Seconds. */
    response_time: Float64Array;
    cost_usd: Float64Array;
    tokens: Float64Array;
  }[];
  /** How many older ones were not read, as they are more than `most`. */
  leftOut: number;
  /** Of all: those that failed, then the others, the slowest first. */
  worst: RequestRecord[];
}

export interface VersionFilter {
  kind: VersionKind;
  /** Only what was seen in the time; Unix time in milliseconds, both inclusive. */
  fromMs?: number;
  toMs?: number;
  service?: string;
}

/** A release or prompt version of a service, by the start of the requests that it is kept of. */
export interface SeenVersion {
  service: string;
  /** A release, or a prompt as `name@version`. */
  version: string;
  /** ISO 8601, UTC. */
  first_seen: string;
  /** ISO 8601, UTC. */
  last_seen: string;
  /** All that are kept, in whatever time. */
  requests: number;
}

/** A process that sent telemetry of which something is kept. */
export interface Sender {
  service: string;
  /** `service.instance.id`; "" when it names none. */
  instance: string;
  /** When its telemetry arrived, ISO 8601 in UTC. */
  first_seen: string;
  last_seen: string;
  /** The resource attributes that it sent last. */
  resource: Attributes;
}

export interface StoreStatus {
  spans: number;
  requests: number;
  points: number;
  /** Bytes on disk. */
  sizeBytes: number;
  services: { service: string; instances: number; first_seen: string; last_seen: string }[];
  /** The oldest row kept, ISO 8601; absent when empty. */
  oldest?: string;
  retention: { days: number; rollUpDays: number; maxBytes: number };
  /** Damaged files set aside at start, if any. */
  setAside: string[];
}

export interface IngestResult {
  spans: number;
  points: number;
  logs: number;
  /** Known already by (trace, span), (series, start, time) or request id: not stored twice. */
  duplicates: number;
  /** Log records that are neither request nor error records: not kept. */
  ignoredLogs: number;
}

/** The local server's rows. Every call runs in the store's own worker thread. */
export interface TelemetryStore {
  /** Resolves after the commit; rejects when nothing of the batch was stored. */
  ingest(batch: TelemetryBatch): Promise<IngestResult>;
  traces(filter: TraceFilter): Promise<TraceSummary[]>;
  /** The spans of one trace, by start; empty when unknown. */
  trace(traceId: string): Promise<SpanRow[]>;
  requests(filter: RequestFilter): Promise<RequestRecord[]>;
  requestPage(filter: RequestFilter): Promise<RequestPage>;
  /** The daily JSON lines, newest first. */
  requestDays(): Promise<RequestDay[]>;
  /** The JSON lines of a day as they are at this moment, in the order of arrival; undefined when it has none. */
  requestLines(day: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Removes everything that is stored of a user, for good: afterwards no file of the store holds it. The whole
   * database is written anew for that, and other calls wait for it. A deletion that was cut off is finished at the next
   * start. Rejects with a {@link UserDeletionError} when the files cannot be written.
   */
  deleteUser(user: string): Promise<UserDeletion>;
  /** The one heard of last comes first; at most 1,000. */
  senders(): Promise<Sender[]>;
  /** Releases or prompt versions, the one first seen last comes first; at most 1,000. */
  versions(filter: VersionFilter): Promise<SeenVersion[]>;
  compared(query: ComparedRequestsQuery): Promise<ComparedRequests>;
  errors(filter: { fromMs?: number; toMs?: number; traceId?: string; limit?: number }): Promise<ErrorRecord[]>;
  /** For each window a total a group and outcome, of a split that {@link totalsCut} knows. */
  requestTotals(query: RequestTotalsQuery): Promise<RequestTotals[][]>;
  /** For each window a line a group, of a split by what is known beside the user. */
  activeUsers(query: RequestTotalsQuery): Promise<ActiveUsers[][]>;
  /** Undefined when there are more requests than the question allows. */
  valueCounts(query: ValueCountsQuery): Promise<ValueCount[] | undefined>;
  /** Since when request records are complete, Unix time in microseconds; 0 when none was dropped yet. */
  requestsSince(): Promise<number>;
  /** A list for each window. */
  growth(query: GrowthQuery): Promise<SeriesGrowth[][]>;
  /** A list for each window. */
  points(query: PointsQuery): Promise<SeriesPoints[][]>;
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
