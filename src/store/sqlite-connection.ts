import type { StatementSyncInstance } from "@photostructure/sqlite";
import { type Database, loadSqlite } from "./sqlite.js";

const { DatabaseSync } = await loadSqlite();

/** Result codes of SQLite, without the details in their upper bits. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const resultCode = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
};

/** The file is not, or no longer, a SQLite database with what was written to it. */
export const isDamage = (error: unknown): boolean =>
  [SQLITE_CORRUPT, SQLITE_NOTADB].includes(resultCode(error) as number) ||
  // What is taken for JSON in a query is always what was written as JSON.
  (error as Error).message === "malformed JSON";

/** An error of the kind that {@link isDamage} tells. */
export const damage = (message: string): Error => Object.assign(new Error(message), { errcode: SQLITE_CORRUPT });

/** Another process has the file. */
export const isInUse = (error: unknown): boolean => resultCode(error) === SQLITE_BUSY;

/** One SQLite file, its prepared statements kept. */
export class SqliteConnection {
  readonly #database: Database;
  readonly #statements = new Map<string, StatementSyncInstance>();

  constructor(readonly path: string) {
    this.#database = new DatabaseSync(path);
  }

  statement(sql: string): StatementSyncInstance {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs statements that are not worth keeping, such as the definitions of tables. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The only value of the only row. */
  scalar(sql: string, ...parameters: (string | number)[]): unknown {
    return Object.values((this.statement(sql).get(...parameters) as Record<string, unknown> | undefined) ?? {})[0];
  }

  /** All of `work` or, when it throws, nothing of it. */
  transaction<T>(work: () => T): T {
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full. The first error says why.
      }
      throw error;
    }
  }

  /** Lets go of the kept statements, before a table of theirs is dropped. */
  forgetStatements(): void {
    this.#statements.clear();
  }

  /**
   * Closes the file. Its lock is given back first: where statements cannot be ended by hand, the file itself stays
   * open until they are collected as garbage.
   */
  close(): void {
    this.forgetStatements();
    try {
      // A file's lock is exclusive for as long as it has a write-ahead log.
      this.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema");
    } catch {
      // A damaged file, which is about to be renamed with its lock, or one that another process has.
    }
    this.#database.close();
  }
}
