import { existsSync, rmSync } from "node:fs";
import { createLike, HALF_WRITTEN, putInPlace } from "./replace-file.js";
import { inUse, type SqliteConnection } from "./sqlite-connection.js";

/**
 * Copies the rows of a database into a new file that takes the place of the old one: what was deleted stays in the
 * free pages of the old one, and in the pages from which SQLite once moved it.
 *
 * @param connection is closed then, but on an error of writing stays open
 * @param reopen opens the file that is in the place, the new one or after an error the old one
 * @throws when it could not be written; nothing is lost then
 */
export function rewriteDatabase(connection: SqliteConnection, reopen: () => void): void {
  const { path } = connection;
  const copy = path + HALF_WRITTEN;
  try {
    // First, since the copy may take what room there is, and everything is to be in the file before it is closed.
    connection.emptyWriteAheadLog();
    createLike(copy, path);
    connection.statement("VACUUM INTO ?").run(copy);
    connection.leaveWriteAheadLog();
  } catch (error) {
    rmSync(copy, { force: true });
    try {
      connection.useWriteAheadLog();
    } catch {
      // Without the log it is slower, and as safe. The first error says why.
    }
    throw error;
  }
  try {
    connection.close();
    refuseLogs(path);
    putInPlace(copy, path);
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  } finally {
    reopen();
  }
}

/** SQLite puts the pages of a log into whatever file is at the path, so one of the old file would destroy the new. */
function refuseLogs(path: string): void {
  for (const log of ["-wal", "-journal"].map((suffix) => path + suffix)) {
    if (existsSync(log)) throw inUse(`expected no ${log} when ${path} is closed, found that it is still there`);
  }
}
