import type { DatabaseSyncInstance, SqliteModule } from "@photostructure/sqlite";

/** An open database. */
export type Database = DatabaseSyncInstance;

/** Node 22.13 is the first that has `node:sqlite` without a flag. */
const BUILT_IN_SINCE = [22, 13] as const;

/**
 * The SQLite of this process: Node's own where Node has it, else the package that stands in for it, with the same
 * API. The one place that chooses.
 */
export async function loadSqlite(): Promise<Pick<SqliteModule, "DatabaseSync">> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const builtIn = major > BUILT_IN_SINCE[0] || (major === BUILT_IN_SINCE[0] && minor >= BUILT_IN_SINCE[1]);
  if (builtIn) return process.getBuiltinModule("node:sqlite") as unknown as SqliteModule;
  return import("@photostructure/sqlite");
}
