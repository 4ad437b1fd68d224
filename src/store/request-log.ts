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
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { DayTables } from "./day-tables.js";
import { replaceFile } from "./replace-file.js";
import type { RequestRecord } from "./request-record.js";
import type { RequestTable } from "./request-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import type { RequestDay } from "./telemetry-store.js";
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
      const pending = this.requests.after(day, this.#position(day));
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

  /** Newest first. */
  files(): RequestDay[] {
    const rows = new Map(this.days.requests().map(({ day, requests }) => [dayName(day), requests]));
    return this.#files()
      .map((file): RequestDay => {
        const [, day = ""] = FILE.exec(file) ?? [];
        const requests = rows.get(day);
        return { day, bytes: statSync(join(this.folder, file)).size, ...(requests !== undefined && { requests }) };
      })
      .sort((a, b) => (a.day < b.day ? 1 : -1));
  }

  /**
   * Writes the files anew without some of their lines, each file as a whole or not at all; gives how many lines went.
   * What is no record, such as half a line, goes when it may be one of the user's.
   */
  deleteOf(user: string, traces: ReadonlySet<string>): number {
    const goes = (line: string): boolean => {
      const record = recordIn(line);
      if (record === undefined) return line.includes(JSON.stringify(user).slice(1, -1));
      return record.user_id === user || traces.has(record.trace_id);
    };
    let deleted = 0;
    for (const file of this.#files()) {
      const path = join(this.folder, file);
      let ofFile = 0;
      for (const line of linesOf(path)) if (goes(line)) ofFile += 1;
      if (ofFile === 0) continue;
      replaceFile(path, keptLines(path, goes));
      deleted += ofFile;
    }
    return deleted;
  }

  /**
   * Takes back positions whose records were deleted, since the next record gets a number from there on; before
   * {@link savePositions}.
   */
  movePositionsBack(): void {
    for (const day of this.days.days) {
      const lastId = this.requests.lastId(day);
      if (this.#position(day) > lastId) this.#unsaved.set(day, lastId);
    }
  }

  /** Removes the files of days before `day`, also of those that have no tables. */
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

  #position(day: number): number {
    const saved = (): unknown => this.connection.scalar("SELECT last_id FROM request_log WHERE day = ?", day);
    return this.#unsaved.get(day) ?? (saved() as number | undefined) ?? 0;
  }

  #files(): string[] {
    return readdirSync(this.folder).filter((file) => FILE.test(file));
  }

  #path(day: number): string {
    return pathOf(this.folder, dayName(day));
  }
}

/**
 * The JSON lines of a day as they are now, while more may be appended.
 *
 * @param day `2026-11-24`
 * @returns undefined when there is no such file
 */
export async function readRequestLines(folder: string, day: string): Promise<Readable | undefined> {
  if (!FILE.test(`requests_${day}.jsonl`)) return undefined;
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(pathOf(folder, day));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Lines are appended whole, so the file ends with a whole one at every moment.
  const { size } = await file.stat();
  if (size > 0) return file.createReadStream({ start: 0, end: size - 1 });
  await file.close();
  return Readable.from([]);
}

const pathOf = (folder: string, day: string): string => join(folder, `requests_${day}.jsonl`);

function recordIn(line: string): (Partial<RequestRecord> & { trace_id: string }) | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function* keptLines(path: string, goes: (line: string) => boolean): Generator<string> {
  // Half a line, of a write that failed, would become a whole one with the next.
  for (const line of linesOf(path)) if (line.endsWith("\n") && !goes(line)) yield line;
}

/** The lines of a file, which may be larger than the memory; each with its end, which half a line has not. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        yield bytes.toString("utf8", from, end + 1);
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
    if (rest.length > 0) yield rest.toString("utf8");
  } finally {
    closeSync(file);
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
