import { type DayTables, tableOf } from "./day-tables.js";
import type { RequestRecord } from "./request-record.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import type { SeenVersion, VersionFilter, VersionKind } from "./telemetry-store.js";
import { isoTime } from "./utc-day.js";

const MOST_VERSIONS = 1_000;

interface VersionRow {
  service: string;
  version: string;
  first_us: number;
  last_us: number;
  requests: number;
}

/** The releases and prompt versions of each day's requests, counted as they come in: nothing has to be searched. */
export class VersionTable {
  constructor(
    private readonly connection: SqliteConnection,
    days: DayTables,
  ) {
    const known = connection.scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'versions'") === 1;
    connection.exec(`CREATE TABLE IF NOT EXISTS versions (
      day INTEGER NOT NULL,
      kind TEXT NOT NULL,
      service TEXT NOT NULL,
      version TEXT NOT NULL,
      first_us INTEGER NOT NULL,
      last_us INTEGER NOT NULL,
      requests INTEGER NOT NULL,
      PRIMARY KEY (kind, service, version, day)
    ) WITHOUT ROWID`);
    // A database that was written before there was this table.
    if (!known) for (const day of days.days) this.recount(day);
  }

  /** Counts a new request. `day` is the one whose table has it. */
  count(record: RequestRecord, day: number, timeUs: number): void {
    const add = (kind: VersionKind, version: string): void => {
      this.connection
        .statement(
          `INSERT INTO versions (day, kind, service, version, first_us, last_us, requests) VALUES (?, ?, ?, ?, ?, ?, 1)
           ON CONFLICT (kind, service, version, day) DO UPDATE
           SET first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us),
               requests = requests + 1`,
        )
        .run(day, kind, record.service, version, timeUs, timeUs);
    };
    if (record.release !== undefined) add("release", record.release);
    for (const prompt of new Set(record.prompts)) add("prompt", prompt);
  }

  list({ kind, service, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER / 1_000 }: VersionFilter): SeenVersion[] {
    const rows = this.connection
      .statement(
        `SELECT service, version, min(first_us) AS first_us, max(last_us) AS last_us, sum(requests) AS requests
         FROM versions WHERE kind = ? ${service === undefined ? "" : "AND service = ?"}
         GROUP BY service, version HAVING max(last_us) >= ? AND min(first_us) <= ?
         ORDER BY first_us DESC, version DESC LIMIT ${MOST_VERSIONS}`,
      )
      .all(kind, ...(service === undefined ? [] : [service]), fromMs * 1_000, toMs * 1_000) as unknown as VersionRow[];
    return rows.map(({ first_us, last_us, ...row }) => ({
      service: row.service,
      version: row.version,
      first_seen: isoTime(first_us),
      last_seen: isoTime(last_us),
      requests: row.requests,
    }));
  }

  /** The days whose tables have requests of a version. */
  daysOf(kind: VersionKind, version: string): Set<number> {
    const rows = this.connection
      .statement("SELECT DISTINCT day FROM versions WHERE kind = ? AND version = ?")
      .all(kind, version) as { day: number }[];
    return new Set(rows.map(({ day }) => day));
  }

  /** Counts the requests of a day anew, after some were removed. */
  recount(day: number): void {
    const requests = `${tableOf("requests", day)} AS requests`;
    this.connection.statement("DELETE FROM versions WHERE day = ?").run(day);
    const count = (kind: VersionKind, version: string, from: string): void => {
      this.connection
        .statement(
          `INSERT INTO versions (day, kind, service, version, first_us, last_us, requests)
           SELECT ?, ?, record ->> '$.service', ${version}, min(time_us), max(time_us), count(DISTINCT requests.id)
           FROM ${from} WHERE ${version} IS NOT NULL GROUP BY 3, 4`,
        )
        .run(day, kind);
    };
    count("release", "record ->> '$.release'", requests);
    count("prompt", "prompt.value", `${requests}, json_each(record, '$.prompts') AS prompt`);
  }

  dropBefore(day: number): void {
    this.connection.statement("DELETE FROM versions WHERE day < ?").run(day);
  }
}
