import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import type { DayTables } from "./day-tables.js";
import type { RequestTable } from "./request-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { dayName } from "./utc-day.js";

const FILE = /^requests_(\d{4}-\d{2}-\d{2})\.jsonl$/;
const NEWLINE = 0x0a;

/**
 * The daily JSON lines: `requests_YYYY-MM-DD.jsonl`, a line a request record, in the order of arrival.
 *
 * Lines are appended after the commit, and how far each file has come is committed with the next batch. So after a
 * crash, or a write that failed, the records after that position are the ones whose lines may or may not be there:
 * before anything else is appended, half a line at the end is cut off and only the lines that are not there yet are
 * written. A record is therefore in its file exactly once, unless someone else edits the file.
 */
export class RequestLog {
  /** Days whose file is known to end where the position says. */
  #certain = new Set<number>();
  /** Positions that are further than the stored ones. */
  #unsaved = new Map<number, number>();

  constructor(
    private readonly folder: string,
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly requests: RequestTable,
  ) {
    mkdirSync(folder, { recursive: true });
    connection.exec("CREATE TABLE IF NOT EXISTS request_log (day INTEGER PRIMARY KEY, last_id INTEGER NOT NULL)");
  }

  /** Stores how far the files have come; part of a transaction. */
  savePositions(): void {
    for (const [day, id] of this.#unsaved) {
      this.connection.statement("INSERT OR REPLACE INTO request_log (day, last_id) VALUES (?, ?)").run(day, id);
    }
  }

  /** To be called after the transaction of {@link savePositions} was committed. */
  positionsSaved(): void {
    this.#unsaved.clear();
  }

  /**
   * Appends the records that are not in the files yet.
   *
   * @throws when a file cannot be written; the next call tries again.
   */
  catchUp(): void {
    for (const day of this.days.days) {
      const position =
        this.#unsaved.get(day) ??
        (this.connection.scalar("SELECT last_id FROM request_log WHERE day = ?", day) as number | undefined) ??
        0;
      const pending = this.requests.after(day, position);
      const last = pending.at(-1);
      if (last === undefined) continue;
      const path = this.#path(day);
      const present = this.#certain.has(day) ? new Set<string>() : lastLines(path, pending.length);
      this.#certain.delete(day);
      const missing = pending.filter(({ record }) => !present.has(record));
      appendFileSync(path, missing.map(({ record }) => `${record}\n`).join(""));
      this.#certain.add(day);
      this.#unsaved.set(day, last.id);
    }
  }

  /** Removes the files of days before `day`. */
  dropBefore(day: number): void {
    for (const file of this.#files()) {
      const name = FILE.exec(file)?.[1];
      if (name !== undefined && name < dayName(day)) rmSync(join(this.folder, file));
    }
    this.connection.statement("DELETE FROM request_log WHERE day < ?").run(day);
    for (const known of [...this.#unsaved.keys()]) if (known < day) this.#unsaved.delete(known);
  }

  sizeBytes(): number {
    return this.#files().reduce((sum, file) => sum + statSync(join(this.folder, file)).size, 0);
  }

  #files(): string[] {
    return readdirSync(this.folder).filter((file) => FILE.test(file));
  }

  #path(day: number): string {
    return join(this.folder, `requests_${dayName(day)}.jsonl`);
  }
}

/** Cuts off half a line at the end of the file, and gives its last `count` lines. */
function lastLines(path: string, count: number): Set<string> {
  if (!existsSync(path)) return new Set();
  const file = openSync(path, "r");
  let tail = Buffer.alloc(0);
  let end: number;
  try {
    end = fstatSync(file).size;
    // From the end backwards, until there are enough lines in the tail.
    for (let from = end; from > 0 && newlines(tail) <= count + 1; ) {
      const size = Math.min(from, 1 << 16);
      from -= size;
      const chunk = Buffer.alloc(size);
      readSync(file, chunk, 0, size, from);
      tail = Buffer.concat([chunk, tail]);
    }
  } finally {
    closeSync(file);
  }
  const whole = tail.lastIndexOf(NEWLINE) + 1;
  if (whole < tail.length) truncateSync(path, end - (tail.length - whole));
  const lines = tail.subarray(0, whole).toString("utf8").split("\n");
  return new Set(lines.slice(-count - 1));
}

const newlines = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + (byte === NEWLINE ? 1 : 0), 0);
