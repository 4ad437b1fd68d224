import type { LogRow } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { RequestRecord } from "./request-record.js";
import type { ResourceTable } from "./resource-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";
import type { RequestFilter } from "./telemetry-store.js";

/** Where in a record's JSON the value of a filter is. */
const FILTERED = {
  service: "$.service",
  environment: "$.environment",
  release: "$.release",
  instance: "$.instance",
  type: "$.type",
  user: "$.user_id",
  session: "$.session_id",
  tenant: "$.tenant",
  outcome: "$.outcome",
} as const satisfies Partial<Record<keyof RequestFilter, string>>;

/** What is sorted by, besides the time. */
const SORTED_BY = { slowest: "response_time", most_expensive: "cost_usd" } as const;

/**
 * Requests are found by their start, so those from before a window of ends are looked through too. One that began
 * earlier still is not found: every further minute costs a minute's records at each question.
 */
const REACH_BEFORE_END_US = 900_000_000;

/** Unix time in microseconds; the start as the record has it, in milliseconds. */
const ENDED_US = "(time_us / 1000 * 1000 + CAST(round((record ->> '$.response_time') * 1000000) AS INTEGER))";

/** Request records, a table a day, each request once. */
export class RequestTable {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly resources: ResourceTable,
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
    this.resources.seen(this.resources.intern(row.resource), nowUs, day);
    return true;
  }

  /** In the order asked for, equal ones the newest first; without a limit, all. */
  list(filter: RequestFilter): RequestRecord[] {
    const { ended, sort = "newest", limit = Number.MAX_SAFE_INTEGER } = filter;
    const { fromUs, toUs } = startRange(filter);
    const conditions = ["time_us >= ?", "time_us < ?"];
    const parameters: (string | number)[] = [fromUs, toUs];
    if (ended !== undefined) {
      conditions.push(`${ENDED_US} > ?`, `${ENDED_US} <= ?`);
      parameters.push(ended.fromUs, ended.toUs);
    }
    for (const [name, path] of Object.entries(FILTERED)) {
      const wanted = filter[name as keyof typeof FILTERED];
      if (wanted === undefined) continue;
      conditions.push(`record ->> '${path}' = ?`);
      parameters.push(wanted);
    }
    if (filter.model !== undefined) {
      conditions.push("EXISTS (SELECT 1 FROM json_each(record, '$.models') WHERE value = ?)");
      parameters.push(filter.model);
    }
    if (filter.traceId !== undefined) {
      conditions.push("trace_id = ?");
      parameters.push(filter.traceId);
    }
    const sortedBy = sort === "newest" ? undefined : SORTED_BY[sort];
    const order = ["time_us DESC", "id DESC"];
    if (sortedBy !== undefined) {
      conditions.push(`record ->> '$.${sortedBy}' IS NOT NULL`);
      order.unshift(`record ->> '$.${sortedBy}' DESC`);
    }
    const records: RequestRecord[] = [];
    for (const day of this.days.between(fromUs, toUs).reverse()) {
      // Of an older day nothing is newer, but something may be slower.
      const wanted = sortedBy === undefined ? limit - records.length : limit;
      if (wanted <= 0) break;
      const rows = this.connection
        .statement(
          `SELECT record FROM ${tableOf("requests", day)} WHERE ${conditions.join(" AND ")}
           ORDER BY ${order.join(", ")} LIMIT ?`,
        )
        .all(...parameters, wanted) as { record: string }[];
      for (const { record } of rows) records.push(parseStored<RequestRecord>(record));
    }
    if (sortedBy === undefined) return records;
    return records.sort((a, b) => (b[sortedBy] ?? 0) - (a[sortedBy] ?? 0)).slice(0, limit);
  }

  /** Records of a day after a position, oldest position first, as JSON texts. */
  after(day: number, id: number): { id: number; record: string }[] {
    return this.connection
      .statement(`SELECT id, record FROM ${tableOf("requests", day)} WHERE id > ? ORDER BY id`)
      .all(id) as { id: number; record: string }[];
  }
}

/** Of the time of the start: from inclusive, to exclusive. */
function startRange({ fromMs = 0, toMs, ended }: RequestFilter): { fromUs: number; toUs: number } {
  if (ended !== undefined) {
    // To the end of the millisecond, for a request that took none.
    return { fromUs: ended.fromUs - REACH_BEFORE_END_US, toUs: (Math.floor(ended.toUs / 1_000) + 1) * 1_000 };
  }
  return { fromUs: fromMs * 1_000, toUs: toMs === undefined ? Number.MAX_SAFE_INTEGER : toMs * 1_000 };
}
