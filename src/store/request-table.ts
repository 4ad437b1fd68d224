import type { RecordDimension } from "../indicators/dimension.js";
import type { LogRow } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { Outcome, RequestRecord } from "./request-record.js";
import type { RequestRollUps } from "./request-roll-ups.js";
import type { ResourceTable } from "./resource-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";
import type {
  ComparedRequests,
  ComparedRequestsQuery,
  CountedField,
  RequestFilter,
  RequestPage,
  RequestPosition,
  ValueCount,
  ValueCountsQuery,
} from "./telemetry-store.js";
import type { VersionTable } from "./version-table.js";

/** Where the value of a filter is: in a column, or in the record's JSON. */
const FILTERED = {
  service: "service",
  environment: "environment",
  release: "release",
  instance: "(record ->> '$.instance')",
  type: "type",
  user: "(record ->> '$.user_id')",
  session: "(record ->> '$.session_id')",
  tenant: "(record ->> '$.tenant')",
  outcome: "outcome",
} as const satisfies Partial<Record<keyof RequestFilter, string>>;

const COUNTED = { query: "(record ->> '$.query')", type: FILTERED.type } as const satisfies Record<
  CountedField,
  string
>;

/** What is sorted by, besides the time. */
const SORTED_BY = { slowest: "response_time", most_expensive: "cost_usd" } as const;

/**
 * Requests are found by their start, so those from before a window of ends are looked through too. One that began
 * earlier still is not found: every further minute costs a minute's records at each question.
 */
export const REACH_BEFORE_END_US = 900_000_000;

interface RequestRow {
  id: number;
  time_us: number;
  record: string;
}

/** The numbers are lists in JSON. */
interface ComparedRow {
  outcome: Outcome;
  requests: number;
  response_time: string;
  cost_usd: string;
  tokens: string;
}

/** Request records, a table a day, each request once. */
export class RequestTable {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly resources: ResourceTable,
    private readonly versions: VersionTable,
    private readonly rollUps: RequestRollUps,
  ) {}

  /**
   * Stores a record; false when it is known already. An app may choose the request id, and two services or a retry may
   * give the same one, so the trace and the start tell requests apart.
   */
  insert(row: LogRow, record: RequestRecord, day: number, nowUs: number): boolean {
    this.days.ensure(day, row.timeUs);
    const { changes } = this.connection
      .statement(
        `INSERT INTO ${tableOf("requests", day)} (request_id, time_us, trace_id, record) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(record.request_id, row.timeUs, record.trace_id, JSON.stringify(record));
    if (Number(changes) === 0) return false;
    this.days.count(day, "requests", 1, row.timeUs);
    this.versions.count(record, day, row.timeUs);
    this.rollUps.add(record);
    this.resources.seen(this.resources.intern(row.resource), nowUs, day);
    return true;
  }

  /** In the order asked for, equal ones the newest first; without a limit, all. */
  list(filter: RequestFilter): RequestRecord[] {
    return this.page(filter).requests;
  }

  /** All, one by one and in no order. */
  *each(filter: Omit<RequestFilter, "before" | "sort" | "limit">): Generator<RequestRecord> {
    const { fromUs, toUs, conditions, parameters } = conditionsOf(filter);
    for (const day of this.days.between(fromUs, toUs)) {
      const rows = this.connection
        .statement(`SELECT record FROM ${tableOf("requests", day)} WHERE ${conditions.join(" AND ")}`)
        .iterate(...parameters) as IterableIterator<Pick<RequestRow, "record">>;
      for (const { record } of rows) yield parseStored<RequestRecord>(record);
    }
  }

  /** As {@link list}, with where the next page begins; that is known of the newest first only. */
  page(filter: RequestFilter): RequestPage {
    const { before, sort = "newest", limit = Number.MAX_SAFE_INTEGER } = filter;
    const { fromUs, toUs, conditions, parameters } = conditionsOf(filter);
    const sortedBy = sort === "newest" ? undefined : SORTED_BY[sort];
    const order = ["time_us DESC", "id DESC"];
    if (sortedBy !== undefined) {
      conditions.push(`record ->> '$.${sortedBy}' IS NOT NULL`);
      order.unshift(`record ->> '$.${sortedBy}' DESC`);
    }
    const requests: RequestRecord[] = [];
    let last: RequestPosition | undefined;
    for (const day of this.days.between(fromUs, toUs).reverse()) {
      // Of an older day nothing is newer, but something may be slower.
      const wanted = sortedBy === undefined ? limit - requests.length : limit;
      if (wanted <= 0) break;
      if (before !== undefined && day > before.day) continue;
      const isFirst = day === before?.day;
      const rows = this.connection
        .statement(
          `SELECT id, time_us, record FROM ${tableOf("requests", day)}
           WHERE ${[...conditions, ...(isFirst ? ["(time_us, id) < (?, ?)"] : [])].join(" AND ")}
           ORDER BY ${order.join(", ")} LIMIT ?`,
        )
        .all(...parameters, ...(isFirst ? [before.timeUs, before.id] : []), wanted) as RequestRow[];
      for (const { id, time_us: timeUs, record } of rows) {
        requests.push(parseStored<RequestRecord>(record));
        last = { day, timeUs, id };
      }
    }
    if (sortedBy === undefined) return { requests, ...(last && requests.length === limit && { next: last }) };
    return { requests: requests.sort((a, b) => (b[sortedBy] ?? 0) - (a[sortedBy] ?? 0)).slice(0, limit) };
  }

  /** Each value's count; undefined when there are too many requests to look into. */
  valueCounts({ field, by, where, ended, most }: ValueCountsQuery): ValueCount[] | undefined {
    const { fromUs, toUs } = startRange({ ended });
    const filters = filtersOf(where);
    // Of columns alone, so that they are counted in the index.
    const conditions = ["ended_us > ?", "ended_us <= ?", ...filters.conditions];
    const parameters = [ended.fromUs, ended.toUs, ...filters.parameters];
    const from = (day: number): string => `FROM ${tableOf("requests", day)} WHERE ${conditions.join(" AND ")}`;
    const days = this.days.between(fromUs, toUs);
    let requests = 0;
    for (const day of days) {
      const counted = `SELECT count(*) FROM (SELECT 1 ${from(day)} LIMIT ?)`;
      requests += this.connection.scalar(counted, ...parameters, most + 1 - requests) as number;
      if (requests > most) return undefined;
    }
    const columns = [COUNTED[field], ...by.map((dimension) => FILTERED[dimension])];
    const counts = new Map<string, ValueCount>();
    for (const day of days) {
      const rows = this.connection
        .statement(
          `SELECT count(*) AS requests, json_array(${columns.join(", ")}) AS "values" ${from(day)}
           AND ${COUNTED[field]} IS NOT NULL GROUP BY ${columns.join(", ")}`,
        )
        .all(...parameters) as { requests: number; values: string }[];
      for (const { requests, values } of rows) {
        const known = counts.get(values);
        if (known === undefined) counts.set(values, { ...valuesOf(values, by), requests });
        else known.requests += requests;
      }
    }
    return [...counts.values()];
  }

  /** The figures of a version's newest requests. */
  compared({ by, version, ended, most, worst, ...where }: ComparedRequestsQuery): ComparedRequests {
    const { fromUs, toUs } = startRange({ ended });
    const conditions = ["ended_us > ?", "ended_us <= ?"];
    const parameters: (string | number)[] = [ended.fromUs, ended.toUs];
    const add = (condition: string, value: string): void => {
      conditions.push(condition);
      parameters.push(value);
    };
    if (by === "release") add("release = ?", version);
    // The list is JSON, where a quoted name is found only as a whole element.
    else add("instr(prompts, ?) > 0", JSON.stringify(version));
    for (const [name, value] of Object.entries(where)) if (value !== undefined) add(`${name} = ?`, value);
    const from = (day: number): string => `FROM ${tableOf("requests", day)} WHERE ${conditions.join(" AND ")}`;

    const ofVersion = this.versions.daysOf(by, version);
    const days = this.days.between(fromUs, toUs).filter((day) => ofVersion.has(day));
    let [left, leftOut] = [most, 0];
    const groups = days
      .toSorted((a, b) => b - a)
      .flatMap((day) => {
        const count = this.connection.scalar(`SELECT count(*) ${from(day)}`, ...parameters) as number;
        const read = Math.min(count, left);
        left -= read;
        leftOut += count - read;
        if (read === 0) return [];
        return this.connection
          .statement(
            `SELECT outcome, count(*) AS requests, json_group_array(response_time) AS response_time,
               json_group_array(cost_usd) FILTER (WHERE cost_usd IS NOT NULL) AS cost_usd,
               json_group_array(tokens) AS tokens
             FROM (SELECT outcome, response_time, cost_usd, tokens ${from(day)} ORDER BY ended_us DESC LIMIT ?)
             GROUP BY outcome`,
          )
          .all(...parameters, read) as unknown as ComparedRow[];
      });
    const failed = "outcome IN ('error', 'timeout')";
    const candidates = days
      .flatMap((day) => {
        const rows = this.connection
          .statement(
            `SELECT id, ${failed} AS failed, response_time AS took ${from(day)}
             ORDER BY ${failed} DESC, response_time DESC LIMIT ?`,
          )
          .all(...parameters, worst) as unknown as { id: number; failed: number; took: number }[];
        return rows.map((row) => ({ ...row, day }));
      })
      .sort((a, b) => b.failed - a.failed || b.took - a.took)
      .slice(0, worst);
    return {
      outcomes: groups.map(({ outcome, requests, ...numbers }) => ({
        outcome,
        requests,
        response_time: numbersIn(numbers.response_time),
        cost_usd: numbersIn(numbers.cost_usd),
        tokens: numbersIn(numbers.tokens),
      })),
      leftOut,
      worst: candidates.map(({ id, day }) =>
        parseStored<RequestRecord>(
          this.connection.scalar(`SELECT record FROM ${tableOf("requests", day)} WHERE id = ?`, id) as string,
        ),
      ),
    };
  }

  /** The traces of a user's requests. */
  tracesOf(user: string): Set<string> {
    return this.#traces("trace_id <> '' AND record ->> '$.user_id' = ?", user);
  }

  /** Those of some traces in which another user is known to have a request. */
  sharedWithOthers(traces: ReadonlySet<string>, user: string): Set<string> {
    const among = "trace_id IN (SELECT value FROM json_each(?))";
    return this.#traces(`${among} AND record ->> '$.user_id' <> ?`, JSON.stringify([...traces]), user);
  }

  /** The ids of a user's requests in a trace. */
  idsOf(user: string, traceId: string): string[] {
    return this.days.days.flatMap((day) => {
      const rows = this.connection
        .statement(
          `SELECT request_id FROM ${tableOf("requests", day)} WHERE trace_id = ? AND record ->> '$.user_id' = ?`,
        )
        .all(traceId, user) as { request_id: string }[];
      return rows.map((row) => row.request_id);
    });
  }

  /** Removes the records of a user, and all those of some traces; gives how many. */
  deleteOf(user: string, traces: ReadonlySet<string>): number {
    let deleted = 0;
    for (const day of this.days.days) {
      const { changes } = this.connection
        .statement(
          `DELETE FROM ${tableOf("requests", day)}
           WHERE record ->> '$.user_id' = ? OR trace_id IN (SELECT value FROM json_each(?))`,
        )
        .run(user, JSON.stringify([...traces]));
      this.days.count(day, "requests", -Number(changes), Number.MAX_SAFE_INTEGER);
      if (Number(changes) > 0) this.versions.recount(day);
      deleted += Number(changes);
    }
    return deleted;
  }

  /** The highest position of a day; 0 when it has none. */
  lastId(day: number): number {
    return this.connection.scalar(`SELECT coalesce(max(id), 0) FROM ${tableOf("requests", day)}`) as number;
  }

  #traces(condition: string, ...parameters: string[]): Set<string> {
    const traces = new Set<string>();
    for (const day of this.days.days) {
      const rows = this.connection
        .statement(`SELECT DISTINCT trace_id FROM ${tableOf("requests", day)} WHERE ${condition}`)
        .all(...parameters) as { trace_id: string }[];
      for (const { trace_id: traceId } of rows) traces.add(traceId);
    }
    return traces;
  }

  /** Records of a day after a position, oldest position first, as JSON texts. */
  after(day: number, id: number): { id: number; record: string }[] {
    return this.connection
      .statement(`SELECT id, record FROM ${tableOf("requests", day)} WHERE id > ? ORDER BY id`)
      .all(id) as { id: number; record: string }[];
  }
}

/** As an array that passes between threads in one piece: there may be hundreds of thousands. */
const numbersIn = (json: string): Float64Array => Float64Array.from(parseStored<number[]>(json));

function valuesOf(values: string, by: readonly RecordDimension[]): Pick<ValueCount, "labels" | "value"> {
  const [value = "", ...others] = parseStored<[string, ...(string | null)[]]>(values);
  const labels: ValueCount["labels"] = {};
  for (const [i, dimension] of by.entries()) {
    const label = others[i];
    if (label !== null && label !== undefined) labels[dimension] = label;
  }
  return { labels, value };
}

interface Conditions {
  /** Of the time of the start: inclusive. */
  fromUs: number;
  /** Exclusive. */
  toUs: number;
  conditions: string[];
  parameters: (string | number)[];
}

function conditionsOf(filter: RequestFilter): Conditions {
  const { ended } = filter;
  const { fromUs, toUs } = startRange(filter);
  const filters = filtersOf(filter);
  return {
    fromUs,
    toUs,
    // The newest are found in the order of their start.
    conditions: [
      ...["time_us >= ?", "time_us < ?"],
      ...(ended === undefined ? [] : ["ended_us > ?", "ended_us <= ?"]),
      ...filters.conditions,
    ],
    parameters: [fromUs, toUs, ...(ended === undefined ? [] : [ended.fromUs, ended.toUs]), ...filters.parameters],
  };
}

/** All but the time. */
function filtersOf(filter: RequestFilter): Pick<Conditions, "conditions" | "parameters"> {
  const conditions: string[] = [];
  const parameters: string[] = [];
  for (const [name, place] of Object.entries(FILTERED)) {
    const wanted = filter[name as keyof typeof FILTERED];
    if (wanted === undefined) continue;
    conditions.push(`${place} = ?`);
    parameters.push(wanted);
  }
  if (filter.model !== undefined) {
    conditions.push("EXISTS (SELECT 1 FROM json_each(record, '$.models') WHERE value = ?)");
    parameters.push(filter.model);
  }
  if (filter.prompt !== undefined) {
    conditions.push("EXISTS (SELECT 1 FROM json_each(record, '$.prompts') WHERE value = ?)");
    parameters.push(filter.prompt);
  }
  if (filter.traceId !== undefined) {
    conditions.push("trace_id = ?");
    parameters.push(filter.traceId);
  }
  return { conditions, parameters };
}

/** Of the time of the start: from inclusive, to exclusive. */
function startRange({ fromMs = 0, toMs, ended }: RequestFilter): { fromUs: number; toUs: number } {
  if (ended !== undefined) {
    // To the end of the millisecond, for a request that took none.
    return { fromUs: ended.fromUs - REACH_BEFORE_END_US, toUs: (Math.floor(ended.toUs / 1_000) + 1) * 1_000 };
  }
  return { fromUs: fromMs * 1_000, toUs: toMs === undefined ? Number.MAX_SAFE_INTEGER : toMs * 1_000 };
}
