import type { LogRow } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { sha256 } from "./stored-attributes.js";
import { parseStored } from "./stored-json.js";
import type { ErrorRecord, TelemetryStore } from "./telemetry-store.js";

const DEFAULT_LIMIT = 1_000;

/** Error records, a table a day. They have no id: one that is the same in everything is the same one sent again. */
export class ErrorTable {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
  ) {}

  /** Stores a record; false when it is known already. */
  insert(row: LogRow, record: ErrorRecord, day: number): boolean {
    this.days.ensure(day, row.timeUs);
    const json = JSON.stringify(record);
    const { changes } = this.connection
      .statement(
        `INSERT INTO ${tableOf("errors", day)} (hash, time_us, trace_id, record) VALUES (?, ?, ?, ?)
         ON CONFLICT (hash) DO NOTHING`,
      )
      .run(sha256(`${row.timeUs} ${json}`), row.timeUs, record.trace_id, json);
    return Number(changes) === 1;
  }

  /** Removes those records of some traces that are to go; gives how many. */
  deleteOf(traces: ReadonlySet<string>, goes: (record: ErrorRecord) => boolean): number {
    let deleted = 0;
    for (const day of this.days.days) {
      const table = tableOf("errors", day);
      const rows = this.connection
        .statement(`SELECT hash, record FROM ${table} WHERE trace_id IN (SELECT value FROM json_each(?))`)
        .all(JSON.stringify([...traces])) as { hash: string; record: string }[];
      const going = rows.filter(({ record }) => goes(parseStored<ErrorRecord>(record)));
      const remove = this.connection.statement(`DELETE FROM ${table} WHERE hash = ?`);
      for (const { hash } of going) remove.run(hash);
      deleted += going.length;
    }
    return deleted;
  }

  /** Newest first. */
  list(filter: Parameters<TelemetryStore["errors"]>[0]): ErrorRecord[] {
    const fromUs = (filter.fromMs ?? 0) * 1_000;
    const toUs = filter.toMs === undefined ? Number.MAX_SAFE_INTEGER : filter.toMs * 1_000;
    const limit = filter.limit ?? DEFAULT_LIMIT;
    const records: ErrorRecord[] = [];
    for (const day of this.days.between(fromUs, toUs).reverse()) {
      if (records.length >= limit) break;
      const rows = this.connection
        .statement(
          `SELECT record FROM ${tableOf("errors", day)} WHERE time_us >= ? AND time_us < ?
           ${filter.traceId === undefined ? "" : "AND trace_id = ?"} ORDER BY time_us DESC LIMIT ?`,
        )
        .all(...[fromUs, toUs], ...(filter.traceId === undefined ? [] : [filter.traceId]), limit - records.length) as {
        record: string;
      }[];
      for (const { record } of rows) records.push(parseStored<ErrorRecord>(record));
    }
    return records;
  }
}
