import { addRequestColumns } from "./request-columns.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { dayName, utcDay } from "./utc-day.js";

/** What is kept in a table a day. */
export type DayTable = "spans" | "requests" | "errors" | "points";

const DAY_TABLES: readonly DayTable[] = ["spans", "requests", "errors", "points"];

/** The name of a day's table, e.g. `spans_20261124`. */
export function tableOf(table: DayTable, day: number): string {
  let suffix = suffixes.get(day);
  if (suffix === undefined) {
    suffix = dayName(day).replaceAll("-", "");
    suffixes.set(day, suffix);
  }
  return `${table}_${suffix}`;
}

/** Every row asks for its table's name. */
const suffixes = new Map<number, string>();

const definition = (day: number): string => `
CREATE TABLE ${tableOf("spans", day)} (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  parent_span_id TEXT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  status TEXT NOT NULL,
  status_message TEXT NOT NULL,
  scope TEXT NOT NULL,
  resource INTEGER NOT NULL,
  has_content INTEGER NOT NULL,
  events TEXT,
  attributes TEXT NOT NULL
);
CREATE UNIQUE INDEX ${tableOf("spans", day)}_id ON ${tableOf("spans", day)} (trace, span_id);
CREATE INDEX ${tableOf("spans", day)}_name ON ${tableOf("spans", day)} (name, trace);
CREATE INDEX ${tableOf("spans", day)}_content ON ${tableOf("spans", day)} (id) WHERE has_content;

CREATE TABLE ${tableOf("requests", day)} (
  id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  record TEXT NOT NULL,
  UNIQUE (request_id, trace_id, time_us)
);
CREATE INDEX ${tableOf("requests", day)}_time ON ${tableOf("requests", day)} (time_us);
CREATE INDEX ${tableOf("requests", day)}_user ON ${tableOf("requests", day)} (record ->> '$.user_id', time_us);
CREATE INDEX ${tableOf("requests", day)}_trace ON ${tableOf("requests", day)} (trace_id);

CREATE TABLE ${tableOf("errors", day)} (
  hash TEXT PRIMARY KEY,
  time_us INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  record TEXT NOT NULL
);
CREATE INDEX ${tableOf("errors", day)}_time ON ${tableOf("errors", day)} (time_us);
CREATE INDEX ${tableOf("errors", day)}_trace ON ${tableOf("errors", day)} (trace_id);

-- Growth of counters and histograms, values of gauges and up-down counters.
CREATE TABLE ${tableOf("points", day)} (
  series INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  value REAL,
  histogram TEXT,
  PRIMARY KEY (series, time_us, start_us)
) WITHOUT ROWID;
`;

interface DayRow {
  day: number;
  spans: number;
  requests: number;
  points: number;
  oldest_us: number;
}

/**
 * The days that have tables. Rows are kept in a table a UTC day because a table is dropped in a moment and as a
 * whole, while deleted rows leave their pages in the middle of the file.
 */
export class DayTables {
  #days: number[] = [];

  constructor(private readonly connection: SqliteConnection) {
    connection.exec(`CREATE TABLE IF NOT EXISTS days (
      day INTEGER PRIMARY KEY,
      spans INTEGER NOT NULL DEFAULT 0,
      requests INTEGER NOT NULL DEFAULT 0,
      points INTEGER NOT NULL DEFAULT 0,
      oldest_us INTEGER NOT NULL
    )`);
    this.reload();
    // Those of a database of before.
    for (const day of this.#days) addRequestColumns(connection, tableOf("requests", day));
  }

  /** Reads the days again, after a transaction that was undone. */
  reload(): void {
    const rows = this.connection.statement("SELECT day FROM days ORDER BY day").all() as { day: number }[];
    this.#days = rows.map(({ day }) => day);
  }

  /** Oldest first. */
  get days(): readonly number[] {
    return this.#days;
  }

  /** The days whose rows can lie between two times, oldest first. */
  between(fromUs: number, toUs: number): number[] {
    const [first, last] = [this.#days[0] ?? 0, this.#days.at(-1) ?? 0];
    // Rows of a sender whose clock is wrong are in the first or last day's tables.
    const [from, to] = [Math.min(utcDay(fromUs), last), Math.max(utcDay(toUs), first)];
    return this.#days.filter((day) => day >= from && day <= to);
  }

  /** Makes the day's tables when they are missing. */
  ensure(day: number, oldestUs: number): void {
    if (this.#days.includes(day)) return;
    this.connection.exec(definition(day));
    addRequestColumns(this.connection, tableOf("requests", day));
    this.connection.statement("INSERT INTO days (day, oldest_us) VALUES (?, ?)").run(day, oldestUs);
    this.#days = [...this.#days, day].sort((a, b) => a - b);
  }

  /** Adds to what is known of a day's rows, so that nothing has to be counted to be shown. */
  count(day: number, table: Exclude<DayTable, "errors">, rows: number, oldestUs: number): void {
    this.connection
      .statement(`UPDATE days SET ${table} = ${table} + ?, oldest_us = min(oldest_us, ?) WHERE day = ?`)
      .run(rows, oldestUs, day);
  }

  /** Removes a day with everything in its tables. */
  drop(day: number): void {
    this.connection.forgetStatements();
    for (const table of DAY_TABLES) this.connection.exec(`DROP TABLE ${tableOf(table, day)}`);
    this.connection.statement("DELETE FROM days WHERE day = ?").run(day);
    this.#days = this.#days.filter((kept) => kept !== day);
  }

  /** How many request records each day has. */
  requests(): { day: number; requests: number }[] {
    return this.connection.statement("SELECT day, requests FROM days").all() as { day: number; requests: number }[];
  }

  /** Rows of all days; `oldest_us` is undefined when there are none. */
  totals(): { spans: number; requests: number; points: number; oldest_us: number | undefined } {
    const rows = this.connection.statement("SELECT * FROM days").all() as DayRow[];
    return {
      spans: rows.reduce((sum, row) => sum + row.spans, 0),
      requests: rows.reduce((sum, row) => sum + row.requests, 0),
      points: rows.reduce((sum, row) => sum + row.points, 0),
      oldest_us: rows.length === 0 ? undefined : Math.min(...rows.map((row) => row.oldest_us)),
    };
  }
}
