import type { StatementSyncInstance } from "@photostructure/sqlite";
import { type Database, loadSqlite } from "./sqlite.js";

const { DatabaseSync } = await loadSqlite();

/** Result codes of SQLite, without the details in their upper bits. */
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
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

/** An error of the kind that {@link isInUse} tells. */
export const inUse = (message: string): Error => Object.assign(new Error(message), { errcode: SQLITE_BUSY });

/** Another process has the file. */
export const isInUse = (error: unknown): boolean => resultCode(error) === SQLITE_BUSY;

/** There is no room for what is written, to a database or another file. */
export const isDiskFull = (error: unknown): boolean =>
  resultCode(error) === SQLITE_FULL || ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");

/** A database or another file could not be written or read: no fault of the program. */
export const isFileTrouble = (error: unknown): boolean =>
  [SQLITE_PERM, SQLITE_BUSY, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN].includes(
    resultCode(error) as number,
  ) || typeof (error as NodeJS.ErrnoException).syscall === "string";

/** Prepared ones, of some kilobytes each. */
const MOST_STATEMENTS = 500;

/** One SQLite file, its prepared statements kept. */
export class SqliteConnection {
  readonly #database: Database;
  readonly #statements = new Map<string, StatementSyncInstance>();
  #open = true;

  constructor(readonly path: string) {
    this.#database = new DatabaseSync(path);
  }

  statement(sql: string): StatementSyncInstance {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
      // Tables of days, splits and filters make ever new ones.
      const [oldest] = this.#statements.keys();
      if (this.#statements.size > MOST_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest);
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

  /** New pages are written to a file beside the database, from which they are moved to it now and then. */
  useWriteAheadLog(): void {
    this.exec("PRAGMA journal_mode = WAL");
  }

  /**
   * Moves all pages of the write-ahead log to the file.
   *
   * @throws when the file cannot be written, or others read what is in the log
   */
  emptyWriteAheadLog(): void {
    // The row begins with whether something kept it from doing all of it.
    if (this.scalar("PRAGMA wal_checkpoint(TRUNCATE)") !== 0) {
      throw inUse(`${this.path}-wal cannot be emptied while another connection reads it`);
    }
  }

  /**
   * Moves all pages of the write-ahead log to the file and removes the log.
   *
   * @throws when the file cannot be written, or others have it open
   */
  leaveWriteAheadLog(): void {
    if (this.scalar("PRAGMA journal_mode = DELETE") !== "delete") {
      throw inUse(`${this.path}-wal cannot be removed while another connection has it open`);
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
    // As of a file that was found damaged when it was opened again.
    if (!this.#open) return;
    this.#open = false;
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
