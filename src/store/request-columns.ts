import type { SqliteConnection } from "./sqlite-connection.js";

/** Unix time in microseconds; the start as the record has it, in milliseconds. */
const ENDED_US = "(time_us / 1000 * 1000 + CAST(round((record ->> '$.response_time') * 1000000) AS INTEGER))";

/** What requests are compared by and in, read out of the record. */
const COLUMNS = {
  ended_us: `INTEGER AS ${ENDED_US}`,
  release: "TEXT AS (record ->> '$.release')",
  prompts: "TEXT AS (record ->> '$.prompts')",
  service: "TEXT AS (record ->> '$.service')",
  environment: "TEXT AS (record ->> '$.environment')",
  type: "TEXT AS (record ->> '$.type')",
  outcome: "TEXT AS (record ->> '$.outcome')",
  response_time: "REAL AS (record ->> '$.response_time')",
  cost_usd: "REAL AS (record ->> '$.cost_usd')",
  tokens: "INTEGER AS (record ->> '$.tokens.total')",
} as const;

/**
 * Gives a table of requests its columns, and an index that holds all of them: a question of thousands of requests then
 * reads no record. A table that has them stays as it is.
 */
export function addRequestColumns(connection: SqliteConnection, table: string): void {
  const known = connection.scalar("SELECT count(*) FROM pragma_table_xinfo(?) WHERE name = 'ended_us'", table) === 1;
  if (known) return;
  const columns = Object.entries(COLUMNS).map(
    ([name, definition]) => `ALTER TABLE ${table} ADD COLUMN ${name} ${definition}`,
  );
  connection.exec(
    [...columns, `CREATE INDEX ${table}_figures ON ${table} (${Object.keys(COLUMNS).join(", ")})`].join(";\n"),
  );
}
