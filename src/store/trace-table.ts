import * as semconv from "../instrument/semconv.js";
import type { SpanRow } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { Outcome } from "./request-record.js";
import type { ResourceTable } from "./resource-table.js";
import { CONTENT, SpanText } from "./span-text.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseAttributes } from "./stored-attributes.js";
import { parseStored } from "./stored-json.js";
import type { TraceFilter, TraceSummary } from "./telemetry-store.js";
import { addSpan, EMPTY_DIGEST, type TraceDigest } from "./trace-digest.js";
import { isoTime } from "./utc-day.js";
import { withoutPrototype } from "./without-prototype.js";

/** Other senders may have a number there. */
const SPAN_USER = `CAST(attributes ->> '$."${semconv.ATTR_USER_ID}"' AS TEXT)`;

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;

const SORTED_BY = {
  newest: "start_us",
  slowest: "duration_us",
  most_expensive: "cost",
} as const satisfies Record<NonNullable<TraceFilter["sort"]>, string>;

/** No column, which a file of before could not be given; an index has it. */
const CONVERSATION = "digest ->> '$.conversationId'";

interface TraceRow {
  id: number;
  trace_id: string;
  first_day: number;
  last_day: number;
  /** A {@link TraceDigest} as JSON, in which what is undefined is absent. */
  digest: string;
}

interface StoredSpan {
  span_id: string;
  parent_span_id: string | null;
  name: string;
  kind: SpanRow["kind"];
  start_us: number;
  end_us: number;
  status: SpanRow["status"];
  status_message: string;
  scope: string;
  resource: number;
  events: string | null;
  attributes: string;
}

/** Spans by day, and one row a trace that sums them up, brought up to date as spans come in. */
export class TraceTable {
  /** Goes on after a transaction that was undone too: a gap does no harm. */
  #nextId: number | undefined;
  readonly #text: SpanText;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly resources: ResourceTable,
  ) {
    this.#text = new SpanText(connection, days);
    connection.exec(`CREATE TABLE IF NOT EXISTS traces (
      id INTEGER PRIMARY KEY,
      trace_id TEXT NOT NULL UNIQUE,
      first_day INTEGER NOT NULL,
      last_day INTEGER NOT NULL,
      digest TEXT NOT NULL,
      start_us INTEGER AS (digest ->> '$.startUs') STORED,
      duration_us INTEGER AS (max((digest ->> '$.endUs') - (digest ->> '$.startUs'), 0)) STORED,
      service TEXT AS (digest ->> '$.service') STORED,
      type TEXT AS (digest ->> '$.type') STORED,
      user_id TEXT AS (digest ->> '$.userId') STORED,
      outcome TEXT AS (digest ->> '$.outcome') STORED,
      models TEXT AS (digest ->> '$.models') STORED,
      cost REAL AS (
        iif(digest ->> '$.requestTokens' IS NULL, digest ->> '$.callCost', digest ->> '$.requestCost')
      ) STORED
    );
    CREATE INDEX IF NOT EXISTS traces_start ON traces (start_us);
    CREATE INDEX IF NOT EXISTS traces_duration ON traces (duration_us);
    CREATE INDEX IF NOT EXISTS traces_cost ON traces (cost) WHERE cost IS NOT NULL;
    CREATE INDEX IF NOT EXISTS traces_conversation ON traces (${CONVERSATION}) WHERE ${CONVERSATION} IS NOT NULL`);
  }

  /** Stores the spans that are new. `dayOf` gives the day whose tables a time belongs to. */
  insert(spans: readonly SpanRow[], dayOf: (timeUs: number) => number, nowUs: number): { duplicates: number } {
    const touched = new Map<string, { id: number; digest: TraceDigest; firstDay: number; lastDay: number }>();
    const resourceIds = new Map<SpanRow["resource"], number>();
    const stored = new Map<number, { spans: number; oldestUs: number; resources: Set<number> }>();
    let duplicates = 0;

    for (const span of spans) {
      const day = dayOf(span.startTimeUs);
      this.days.ensure(day, span.startTimeUs);
      const resource = resourceIds.get(span.resource) ?? this.resources.intern(span.resource);
      resourceIds.set(span.resource, resource);
      let trace = touched.get(span.traceId);
      if (trace === undefined) {
        trace = this.#open(span.traceId, day);
        touched.set(span.traceId, trace);
      }
      if (!this.#insertSpan(day, trace.id, resource, span)) {
        duplicates += 1;
        continue;
      }
      trace.digest = addSpan(trace.digest, span);
      trace.firstDay = Math.min(trace.firstDay, day);
      trace.lastDay = Math.max(trace.lastDay, day);
      const tally = stored.get(day) ?? { spans: 0, oldestUs: span.startTimeUs, resources: new Set() };
      tally.spans += 1;
      tally.oldestUs = Math.min(tally.oldestUs, span.startTimeUs);
      stored.set(day, { ...tally, resources: tally.resources.add(resource) });
    }

    const save = this.connection.statement(
      `INSERT INTO traces (id, trace_id, first_day, last_day, digest) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE
       SET first_day = excluded.first_day, last_day = excluded.last_day, digest = excluded.digest`,
    );
    for (const [traceId, { id, digest, firstDay, lastDay }] of touched) {
      save.run(id, traceId, firstDay, lastDay, JSON.stringify(digest));
    }
    for (const [day, tally] of stored) {
      this.days.count(day, "spans", tally.spans, tally.oldestUs);
      for (const resource of tally.resources) this.resources.seen(resource, nowUs, day);
    }
    return { duplicates };
  }

  /** Summaries of the traces that begin in the filter's time. */
  list(filter: TraceFilter): TraceSummary[] {
    const conditions: string[] = [];
    const parameters: (string | number)[] = [];
    const where = (condition: string, ...values: (string | number)[]): void => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (filter.fromMs !== undefined) where("start_us >= ?", filter.fromMs * 1_000);
    if (filter.toMs !== undefined) where("start_us < ?", filter.toMs * 1_000);
    if (filter.service !== undefined) where("service = ?", filter.service);
    if (filter.type !== undefined) where("type = ?", filter.type);
    if (filter.user !== undefined) where("user_id = ?", filter.user);
    if (filter.outcome !== undefined) where("outcome = ?", filter.outcome);
    // The list is JSON, where a quoted name is found only as a whole element.
    if (filter.model !== undefined) where("instr(models, ?) > 0", JSON.stringify(filter.model));
    if (filter.conversation !== undefined) where(`${CONVERSATION} = ?`, filter.conversation);
    if (filter.minDurationS !== undefined) where("duration_us >= ?", filter.minDurationS * 1_000_000);
    if (filter.maxDurationS !== undefined) where("duration_us <= ?", filter.maxDurationS * 1_000_000);
    if (filter.minCostUsd !== undefined) where("cost >= ?", filter.minCostUsd);
    if (filter.sort === "most_expensive") where("cost IS NOT NULL");
    const sortedBy = SORTED_BY[filter.sort ?? "newest"];
    if (filter.after !== undefined) {
      where(`(${sortedBy}, id) < (SELECT ${sortedBy}, id FROM traces WHERE trace_id = ?)`, filter.after);
    }
    if (filter.text !== undefined && filter.text !== "") {
      const few = filter.user !== undefined || filter.conversation !== undefined;
      const { sql, parameters } = this.#text.condition(filter.text, { fromUs: (filter.fromMs ?? 0) * 1_000, few });
      where(sql, ...parameters);
    }
    const limit = Math.max(0, Math.min(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT));
    const rows = this.connection
      .statement(
        `SELECT trace_id, digest FROM traces ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
         ORDER BY ${sortedBy} DESC, id DESC LIMIT ?`,
      )
      .all(...parameters, limit) as Pick<TraceRow, "trace_id" | "digest">[];
    return rows.map((row) => summary(row.trace_id, parseDigest(row.digest)));
  }

  /** The spans of a trace by start; empty when it is unknown. */
  spans(traceId: string): SpanRow[] {
    const trace = this.connection
      .statement("SELECT id, first_day, last_day FROM traces WHERE trace_id = ?")
      .get(traceId) as Omit<TraceRow, "digest"> | undefined;
    if (trace === undefined) return [];
    return this.#daysOf(trace)
      .flatMap(
        (day) =>
          this.connection
            .statement(`SELECT * FROM ${tableOf("spans", day)} WHERE trace = ?`)
            .all(trace.id) as StoredSpan[],
      )
      .map((row) => this.#spanRow(traceId, row))
      .sort((a, b) => a.startTimeUs - b.startTimeUs || a.endTimeUs - b.endTimeUs);
  }

  /** Forgets the traces whose last span is gone. */
  dropBefore(day: number): void {
    this.connection.statement("DELETE FROM traces WHERE last_day < ?").run(day);
  }

  /** Removes the oldest part of a day's spans; gives how many. */
  dropOldestSpans(day: number, share: number): number {
    const table = tableOf("spans", day);
    const { first, last } = this.connection
      .statement(`SELECT coalesce(min(id), 0) AS first, coalesce(max(id), -1) AS last FROM ${table}`)
      .get() as { first: number; last: number };
    const until = first + Math.ceil((last - first + 1) * share);
    const removed = Number(this.connection.statement(`DELETE FROM ${table} WHERE id < ?`).run(until).changes);
    this.connection
      .statement(`DELETE FROM traces WHERE last_day <= ? AND id < (SELECT coalesce(min(trace), 0) FROM ${table})`)
      .run(day);
    this.days.count(day, "spans", -removed, Number.MAX_SAFE_INTEGER);
    return removed;
  }

  /** The traces in which a span says that it is of a user. */
  tracesOf(user: string): Set<string> {
    const traces = new Set<string>();
    const nameOf = this.connection.statement("SELECT trace_id FROM traces WHERE id = ?");
    for (const day of this.days.days) {
      const rows = this.connection
        .statement(`SELECT DISTINCT trace FROM ${tableOf("spans", day)} WHERE ${SPAN_USER} = ?`)
        .all(user) as { trace: number }[];
      for (const { trace } of rows) traces.add((nameOf.get(trace) as { trace_id: string }).trace_id);
    }
    return traces;
  }

  /** Those of some traces in which a span says that it is of another user. */
  sharedWithOthers(traces: ReadonlySet<string>, user: string): Set<string> {
    const shared = new Set<string>();
    for (const day of this.days.days) {
      const rows = this.connection
        .statement(
          `SELECT DISTINCT trace_id FROM traces JOIN ${tableOf("spans", day)} AS spans ON spans.trace = traces.id
           WHERE trace_id IN (SELECT value FROM json_each(?)) AND ${SPAN_USER} <> ?`,
        )
        .all(JSON.stringify([...traces]), user) as { trace_id: string }[];
      for (const { trace_id: traceId } of rows) shared.add(traceId);
    }
    return shared;
  }

  /** Removes spans of a trace, or all of them, and what was summed up of them; gives how many. */
  deleteSpans(traceId: string, goes: (span: SpanRow) => boolean): number {
    const trace = this.connection
      .statement("SELECT id, first_day, last_day FROM traces WHERE trace_id = ?")
      .get(traceId) as Omit<TraceRow, "digest"> | undefined;
    if (trace === undefined) return 0;
    let deleted = 0;
    let digest = EMPTY_DIGEST;
    for (const day of this.#daysOf(trace)) {
      const table = tableOf("spans", day);
      const rows = this.connection.statement(`SELECT * FROM ${table} WHERE trace = ?`).all(trace.id) as StoredSpan[];
      const remove = this.connection.statement(`DELETE FROM ${table} WHERE trace = ? AND span_id = ?`);
      let ofDay = 0;
      for (const row of rows) {
        const span = this.#spanRow(traceId, row);
        if (goes(span)) {
          remove.run(trace.id, span.spanId);
          ofDay += 1;
        } else digest = addSpan(digest, span);
      }
      this.days.count(day, "spans", -ofDay, Number.MAX_SAFE_INTEGER);
      deleted += ofDay;
    }
    if (digest.spans === 0) this.connection.statement("DELETE FROM traces WHERE id = ?").run(trace.id);
    else {
      this.connection.statement("UPDATE traces SET digest = ? WHERE id = ?").run(JSON.stringify(digest), trace.id);
    }
    return deleted;
  }

  #daysOf({ first_day, last_day }: Pick<TraceRow, "first_day" | "last_day">): number[] {
    return this.days.days.filter((day) => day >= first_day && day <= last_day);
  }

  #open(traceId: string, day: number): { id: number; digest: TraceDigest; firstDay: number; lastDay: number } {
    const row = this.connection
      .statement("SELECT id, first_day, last_day, digest FROM traces WHERE trace_id = ?")
      .get(traceId) as TraceRow | undefined;
    if (row !== undefined) {
      return { id: row.id, digest: parseDigest(row.digest), firstDay: row.first_day, lastDay: row.last_day };
    }
    const id = this.#nextId ?? (this.connection.scalar("SELECT coalesce(max(id), 0) + 1 FROM traces") as number);
    this.#nextId = id + 1;
    return { id, digest: EMPTY_DIGEST, firstDay: day, lastDay: day };
  }

  #insertSpan(day: number, trace: number, resource: number, span: SpanRow): boolean {
    const { changes } = this.connection
      .statement(
        `INSERT INTO ${tableOf("spans", day)}
         (trace, span_id, parent_span_id, name, kind, start_us, end_us, status, status_message, scope, resource,
          has_content, events, attributes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace, span_id) DO NOTHING`,
      )
      .run(
        trace,
        span.spanId,
        span.parentSpanId ?? null,
        span.name,
        span.kind,
        span.startTimeUs,
        span.endTimeUs,
        span.status,
        span.statusMessage,
        span.scopeName,
        resource,
        CONTENT.some((name) => span.attributes[name] !== undefined) ? 1 : 0,
        span.events.length > 0 ? JSON.stringify(span.events) : null,
        JSON.stringify(span.attributes),
      );
    return Number(changes) === 1;
  }

  #spanRow(traceId: string, row: StoredSpan): SpanRow {
    const events = parseStored<SpanRow["events"]>(row.events ?? "[]");
    return {
      traceId,
      spanId: row.span_id,
      parentSpanId: row.parent_span_id ?? undefined,
      name: row.name,
      kind: row.kind,
      startTimeUs: row.start_us,
      endTimeUs: row.end_us,
      status: row.status,
      statusMessage: row.status_message,
      attributes: parseAttributes(row.attributes),
      events: events.map((event) => ({ ...event, attributes: withoutPrototype(event.attributes) })),
      resource: this.resources.attributes(row.resource),
      scopeName: row.scope,
    };
  }
}

const parseDigest = (json: string): TraceDigest => parseStored<TraceDigest>(json);

function summary(traceId: string, digest: TraceDigest): TraceSummary {
  const cost = digest.requestTokens === undefined ? digest.callCost : digest.requestCost;
  return {
    trace_id: traceId,
    name: digest.name,
    service: digest.service,
    start: isoTime(digest.startUs),
    duration: Math.max(0, digest.endUs - digest.startUs) / 1_000_000,
    spans: digest.spans,
    errors: digest.errors,
    ...(digest.type === undefined ? {} : { type: digest.type }),
    ...(digest.userId === undefined ? {} : { user_id: digest.userId }),
    ...(digest.outcome === undefined ? {} : { outcome: digest.outcome as Outcome }),
    models: digest.models,
    tokens: digest.requestTokens ?? digest.callTokens,
    ...(cost === undefined ? {} : { cost_usd: cost }),
  };
}
