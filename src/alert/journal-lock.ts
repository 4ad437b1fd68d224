import { rmSync } from "node:fs";
import { type Database, loadSqlite } from "../store/sqlite.js";
import { isDamage, isInUse } from "../store/sqlite-connection.js";

/**
 * An exclusive lock on a path, held until `release` or the end of the process, however it ends: an open SQLite
 * transaction on a file of its own, which the operating system unlocks with the process. Not the journal itself,
 * because others may read that. Not a pid in a file, because pids are reused and a killed process leaves it behind.
 * Like every SQLite lock it needs a local file system.
 *
 * @returns undefined when another process, or another lock of this process, holds it.
 */
export async function takeLock(path: string): Promise<{ release(): void } | undefined> {
  const { DatabaseSync } = await loadSqlite();
  const lock = (): Database => {
    const database = new DatabaseSync(path);
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  };
  let database: Database;
  try {
    database = lock();
  } catch (error) {
    if (isInUse(error)) return undefined;
    if (!isDamage(error)) throw error;
    // The file never holds anything, so one that is damaged can go.
    rmSync(path);
    database = lock();
  }
  return { release: () => database.close() };
}
