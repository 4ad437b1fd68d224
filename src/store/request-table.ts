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

  /** Newest first; without a limit, all. */
  list(filter: RequestFilter): RequestRecord[] {
    const fromUs = (filter.fromMs ?? 0) * 1_000;
    const toUs = filter.toMs === undefined ? Number.MAX_SAFE_INTEGER : filter.toMs * 1_000;
    const conditions = ["time_us >= ?", "time_us < ?"];
    const parameters: (string | number)[] = [fromUs, toUs];
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
    const records: RequestRecord[] = [];
    const limit = filter.limit ?? Number.MAX_SAFE_INTEGER;
    for (const day of this.days.between(fromUs, toUs).reverse()) {
      if (records.length >= limit) break;
      const rows = this.connection
        .statement(
          `SELECT record FROM ${tableOf("requests", day)} WHERE ${conditions.join(" AND ")}
           ORDER BY time_us DESC, id DESC LIMIT ?`,
        )
        .all(...parameters, limit - records.length) as { record: string }[];
      for (const { record } of rows) records.push(parseStored<RequestRecord>(record));
    }
    return records;
  }

  /** Records of a day after a position, oldest position first, as JSON texts. */
  after(day: number, id: number): { id: number; record: string }[] {
    return this.connection
      .statement(`SELECT id, record FROM ${tableOf("requests", day)} WHERE id > ? ORDER BY id`)
      .all(id) as { id: number; record: string }[];
  }
}
