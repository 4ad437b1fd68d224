import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SpanRow, TelemetryBatch } from "../receive/telemetry-batch.js";
import { DayTables } from "./day-tables.js";
import { ErrorTable } from "./error-table.js";
import { MetricRollUps } from "./metric-roll-ups.js";
import { PointReader } from "./point-reader.js";
import { PointTable } from "./point-table.js";
import { recordedError } from "./recorded-error.js";
import { recordedRequest } from "./recorded-request.js";
import { RequestLog } from "./request-log.js";
import { RequestReader } from "./request-reader.js";
import type { RequestRecord } from "./request-record.js";
import { RequestRollUps } from "./request-roll-ups.js";
import { RequestTable } from "./request-table.js";
import type { RequestTotals } from "./request-totals.js";
import { ResourceTable } from "./resource-table.js";
import { rewriteDatabase } from "./rewrite-database.js";
import { ROLLED_UP, type RolledUp, RollUpHorizons } from "./roll-up-horizons.js";
import type { RollUpLevel } from "./roll-up-level.js";
import { SeriesTable } from "./series-table.js";
import { SlotCache } from "./slot-cache.js";
import { damage, isDamage, isFileTrouble, isInUse, SqliteConnection } from "./sqlite-connection.js";
import type {
  ActiveUsers,
  ComparedRequests,
  ComparedRequestsQuery,
  ErrorRecord,
  GrowthQuery,
  IngestResult,
  PointsQuery,
  RequestDay,
  RequestFilter,
  RequestPage,
  RequestTotalsQuery,
  SeenVersion,
  Sender,
  SeriesGrowth,
  SeriesPoints,
  StoreStatus,
  TelemetryStore,
  TraceFilter,
  TraceSummary,
  UserDeletion,
  ValueCount,
  ValueCountsQuery,
  VersionFilter,
} from "./telemetry-store.js";
import { TraceTable } from "./trace-table.js";
import type { UserTables } from "./user-deletion.js";
import { UserDeletions } from "./user-deletions.js";
import { isoTime, utcDay } from "./utc-day.js";
import { VersionTable } from "./version-table.js";

export interface Retention {
  /** Rows older than this are dropped, by whole UTC days. */
  days: number;
  /** Roll-ups are kept for so many days; default 400. */
  rollUpDays?: number;
  /** Bytes of the database and the daily JSON lines together; beyond, the oldest day is dropped. */
  maxBytes: number;
}

/** Layout of the tables; a file with a higher number was written by a later version. */
const LAYOUT = 1;

/** A larger file is not checked page by page at start, because that takes seconds; damage shows when it is read. */
const CHECKED_AT_START_BYTES = 256 * 1024 * 1024;

const ROLL_UP_DAYS = 400;

/** Points' roll-ups of hours; those of request records go with the records. Older ones are there by day alone. */
const HOURS_KEPT_DAYS = 100;

/** How much of the last day's spans goes at once when that day alone is beyond the size limit. */
const SHARE_OF_DAY = 0.02;

/** How much of the roll-ups' time goes at once when they alone are beyond the size limit. */
const SHARE_OF_ROLL_UPS = 0.1;

/** Callers wait while space is made; what is still too much after this time goes the next time. */
const RETAIN_FOR_MS = 1_000;

/** Pages that are given back to the file system at once: 200 MB. */
const VACUUM_PAGES = 50_000;

/** What a long window reads is read again by the next question. SQLite's own choice is 2 MB. */
const CACHE_KIB = 64 * 1024;

/** Pages in the write-ahead log before they are moved to the database, each time with a wait for the disk: 16 MB. */
const CHECKPOINT_PAGES = 4_000;

/**
 * The rows of the local server in one SQLite file and the daily JSON lines beside it. Every call is synchronous: it
 * is used from a worker thread. Times are given, never read from a clock.
 */
export class TelemetryDatabase {
  readonly #path: string;
  readonly #retention: Required<Retention>;
  readonly #setAside: string[] = [];
  readonly #deletions: UserDeletions;
  #connection!: SqliteConnection;
  #days!: DayTables;
  #resources!: ResourceTable;
  #traces!: TraceTable;
  #versions!: VersionTable;
  #requests!: RequestTable;
  #errors!: ErrorTable;
  #series!: SeriesTable;
  #horizons!: RollUpHorizons;
  #metricRollUps!: MetricRollUps;
  #requestRollUps!: RequestRollUps;
  #points!: PointTable;
  #pointReader!: PointReader;
  #requestReader!: RequestReader;
  #requestLog!: RequestLog;

  /**
   * Opens the data folder, which is made when missing. A damaged database is set aside and a new one begun.
   *
   * @throws when the folder cannot be written, is in use, or was written by a later version.
   */
  constructor(
    private readonly options: { dataDir: string; retention: Retention },
    nowMs: number,
  ) {
    this.#retention = { rollUpDays: ROLL_UP_DAYS, ...options.retention };
    mkdirSync(options.dataDir, { recursive: true });
    this.#path = join(options.dataDir, "telemetry.db");
    this.#deletions = new UserDeletions(options.dataDir, {
      tables: () => this.#userTables(),
      transaction: (work) => this.#transaction(work),
      rewrite: () => rewriteDatabase(this.#connection, () => this.#open()),
      rewrittenBytes: () => this.#bytesInUse(),
    });
    try {
      this.#open();
    } catch (error) {
      if (!isDamage(error)) throw this.#explain(error);
      this.#replaceDamaged(nowMs);
    }
    this.#deletions.finishOld();
    this.#retainAtStart(nowMs);
    this.#appendRequestLines();
  }

  /**
   * Stores a batch in one transaction, then appends the new request records to their daily file. A file that cannot
   * be written does not undo the commit: its lines follow with the next batch.
   */
  ingest(batch: TelemetryBatch, nowMs: number): IngestResult {
    return this.#guarded(nowMs, () => {
      const result = this.#transaction(() => this.#store(batch, nowMs));
      if (batch.logs.length > 0) this.#appendRequestLines();
      return result;
    });
  }

  traces(filter: TraceFilter, nowMs: number): TraceSummary[] {
    return this.#guarded(nowMs, () => this.#traces.list(filter));
  }

  trace(traceId: string, nowMs: number): SpanRow[] {
    return this.#guarded(nowMs, () => this.#traces.spans(traceId));
  }

  requests(filter: RequestFilter, nowMs: number): RequestRecord[] {
    return this.#guarded(nowMs, () => this.#requests.list(filter));
  }

  requestPage(filter: RequestFilter, nowMs: number): RequestPage {
    return this.#guarded(nowMs, () => this.#requests.page(filter));
  }

  requestDays(nowMs: number): RequestDay[] {
    return this.#guarded(nowMs, () => this.#requestLog.files());
  }

  /**
   * Removes everything of a user from the files, for good.
   *
   * @throws {UserDeletionError} when they cannot be written
   */
  deleteUser(user: string, nowMs: number): UserDeletion {
    return this.#guarded(nowMs, () => this.#deletions.delete(user));
  }

  senders(nowMs: number): Sender[] {
    return this.#guarded(nowMs, () => this.#resources.senders(this.#firstDay()));
  }

  versions(filter: VersionFilter, nowMs: number): SeenVersion[] {
    return this.#guarded(nowMs, () => this.#versions.list(filter));
  }

  compared(query: ComparedRequestsQuery, nowMs: number): ComparedRequests {
    return this.#guarded(nowMs, () => this.#requests.compared(query));
  }

  errors(filter: Parameters<TelemetryStore["errors"]>[0], nowMs: number): ErrorRecord[] {
    return this.#guarded(nowMs, () => this.#errors.list(filter));
  }

  requestTotals(query: RequestTotalsQuery, nowMs: number): RequestTotals[][] {
    return this.#guarded(nowMs, () => this.#requestReader.totals(query));
  }

  activeUsers(query: RequestTotalsQuery, nowMs: number): ActiveUsers[][] {
    return this.#guarded(nowMs, () => this.#requestReader.users(query));
  }

  valueCounts(query: ValueCountsQuery, nowMs: number): ValueCount[] | undefined {
    return this.#guarded(nowMs, () => this.#requests.valueCounts(query));
  }

  requestsSince(nowMs: number): number {
    return this.#guarded(nowMs, () => this.#requestReader.since());
  }

  growth(query: GrowthQuery, nowMs: number): SeriesGrowth[][] {
    return this.#guarded(nowMs, () => this.#pointReader.growth(query));
  }

  points(query: PointsQuery, nowMs: number): SeriesPoints[][] {
    return this.#guarded(nowMs, () => this.#pointReader.points(query));
  }

  status(nowMs: number): StoreStatus {
    return this.#guarded(nowMs, () => {
      const { spans, requests, points, oldest_us } = this.#days.totals();
      return {
        spans,
        requests,
        points,
        sizeBytes: this.#bytesOnDisk(),
        services: this.#resources.services(this.#firstDay()),
        ...(oldest_us === undefined ? {} : { oldest: isoTime(oldest_us) }),
        retention: this.#retention,
        setAside: [...this.#setAside],
      };
    });
  }

  /** Drops what is older, or larger in sum, than the retention says; of a large excess, a part. */
  retain(nowMs: number): void {
    const began = performance.now();
    this.#guarded(nowMs, () => {
      const firstKept = this.#firstKeptDay(nowMs);
      for (const day of this.#days.days) if (day < firstKept) this.#drop(day);
      this.#dropOldSlots(nowMs);
      // Also of days without tables, as after a damaged database was set aside.
      this.#requestLog.dropBefore(firstKept);
      while (this.#bytesInUse() > this.#retention.maxBytes && performance.now() - began < RETAIN_FOR_MS) {
        if (!this.#makeRoom(nowMs)) break;
      }
      // Gives the pages of what was dropped back to the file system.
      this.#connection.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    });
  }

  close(): void {
    this.#transaction(() => {});
    this.#connection.close();
  }

  /** Whoever starts the server is not kept from its data by a full disk, but told. */
  #retainAtStart(nowMs: number): void {
    try {
      this.retain(nowMs);
    } catch (error) {
      if (!isFileTrouble(error)) throw error;
      process.emitWarning(
        `${this.#path} could not be made smaller (${(error as Error).message}); it is tried again every few seconds`,
        { code: "CHAINWATCH_RETENTION" },
      );
    }
  }

  #open(): void {
    // SQLite takes a file that is shorter than its smallest page for a new database.
    if (existsSync(this.#path) && statSync(this.#path).size < 512) throw damage("the file is cut off");
    const connection = new SqliteConnection(this.#path);
    try {
      // One process at a time: what is kept in memory beside the file is then right.
      connection.exec("PRAGMA locking_mode = EXCLUSIVE");
      connection.exec("PRAGMA auto_vacuum = INCREMENTAL");
      connection.useWriteAheadLog();
      connection.exec("PRAGMA synchronous = NORMAL");
      connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      connection.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      // Takes the lock at once, not at the first write.
      connection.exec("BEGIN IMMEDIATE; COMMIT");
      this.#check(connection);
      connection.transaction(() => this.#useTables(connection));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #check(connection: SqliteConnection): void {
    const layout = connection.scalar("PRAGMA user_version") as number;
    if (layout > LAYOUT) {
      throw new Error(
        `${this.#path}: expected table layout ${LAYOUT} or lower, found ${layout}. ` +
          "It was written by a later version of Chainwatch: use that version, or another data folder.",
      );
    }
    if (statSync(this.#path).size > CHECKED_AT_START_BYTES) return;
    const found = connection.scalar("PRAGMA quick_check(1)");
    if (found !== "ok") throw damage(String(found));
  }

  #useTables(connection: SqliteConnection): void {
    this.#connection = connection;
    this.#days = new DayTables(connection);
    this.#resources = new ResourceTable(connection);
    this.#traces = new TraceTable(connection, this.#days, this.#resources);
    this.#versions = new VersionTable(connection, this.#days);
    this.#horizons = new RollUpHorizons(connection, this.#days.days.at(-1));
    this.#requestRollUps = new RequestRollUps(connection, this.#horizons);
    this.#requests = new RequestTable(connection, this.#days, this.#resources, this.#versions, this.#requestRollUps);
    this.#requestReader = new RequestReader(this.#requests, this.#requestRollUps, this.#horizons);
    this.#errors = new ErrorTable(connection, this.#days);
    this.#series = new SeriesTable(connection, this.#resources);
    const slotCache = new SlotCache();
    this.#metricRollUps = new MetricRollUps(connection, this.#horizons, slotCache);
    this.#points = new PointTable(connection, this.#days, this.#resources, this.#series, this.#metricRollUps);
    this.#pointReader = new PointReader(
      connection,
      this.#days,
      this.#series,
      this.#metricRollUps,
      this.#horizons,
      slotCache,
    );
    this.#requestLog = new RequestLog(this.options.dataDir, connection, this.#days, this.#requests);
    connection.exec(`PRAGMA user_version = ${LAYOUT}`);
  }

  #store(batch: TelemetryBatch, nowMs: number): IngestResult {
    const nowUs = nowMs * 1_000;
    const [first, last] = [this.#firstKeptDay(nowMs), utcDay(nowUs) + 1];
    // A sender's clock may be anywhere; its rows may not make tables for every day since 1970.
    const dayOf = (timeUs: number): number => Math.max(first, Math.min(last, utcDay(timeUs)));

    const spans = this.#traces.insert(batch.spans, dayOf, nowUs);
    const points = this.#points.insert(batch.points, dayOf, nowUs);
    const logs = { stored: 0, duplicates: 0, ignored: 0 };
    for (const row of batch.logs) {
      const request = recordedRequest(row);
      const error = request === undefined ? recordedError(row) : undefined;
      if (request === undefined && error === undefined) {
        logs.ignored += 1;
        continue;
      }
      const day = dayOf(row.timeUs);
      const isNew =
        (request !== undefined && this.#requests.insert(row, request, day, nowUs)) ||
        (error !== undefined && this.#errors.insert(row, error, day));
      if (isNew) logs.stored += 1;
      else logs.duplicates += 1;
    }
    return {
      spans: batch.spans.length - spans.duplicates,
      points: batch.points.length - points.duplicates,
      logs: logs.stored,
      duplicates: spans.duplicates + points.duplicates + logs.duplicates,
      ignoredLogs: logs.ignored,
    };
  }

  #appendRequestLines(): void {
    try {
      this.#requestLog.catchUp();
    } catch (error) {
      process.emitWarning(
        `the daily JSON lines in ${this.options.dataDir} could not be written (${(error as Error).message}); ` +
          "the records are in the database and are written to the file as soon as it can be",
        { code: "CHAINWATCH_REQUEST_LOG" },
      );
    }
  }

  #userTables(): UserTables {
    return {
      traces: this.#traces,
      requests: this.#requests,
      errors: this.#errors,
      requestLog: this.#requestLog,
      requestRollUps: this.#requestRollUps,
      series: this.#series,
      points: this.#points,
      metricRollUps: this.#metricRollUps,
    };
  }

  /** All of `work` or nothing of it; how far the daily files have come is stored with it. */
  #transaction<T>(work: () => T): T {
    try {
      const result = this.#connection.transaction(() => {
        const done = work();
        this.#requestLog.savePositions();
        return done;
      });
      this.#requestLog.positionsSaved();
      return result;
    } catch (error) {
      this.#days.reload();
      this.#resources.reload();
      this.#series.reload();
      this.#horizons.reload();
      this.#metricRollUps.reload();
      this.#requestRollUps.reload();
      this.#points.reload();
      throw error;
    }
  }

  /** Runs `work`; on a file that turns out to be damaged, again on a new one. */
  #guarded<T>(nowMs: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#connection.close();
      this.#replaceDamaged(nowMs);
      return work();
    }
  }

  /** Keeps the damaged files under another name, for whoever wants to rescue rows from them, and begins anew. */
  #replaceDamaged(nowMs: number): void {
    const name = `${this.#path}.damaged-${isoTime(nowMs * 1_000).replaceAll(/[:.]/g, "-")}`;
    for (const suffix of ["-wal", "-shm", ""]) {
      if (existsSync(this.#path + suffix)) renameSync(this.#path + suffix, name + suffix);
    }
    this.#setAside.push(name);
    this.#open();
  }

  #drop(day: number): void {
    this.#transaction(() => {
      this.#days.drop(day);
      const oldest = day + 1;
      this.#horizons.dropRowsBefore(oldest);
      this.#traces.dropBefore(oldest);
      this.#points.dropBefore(oldest);
      this.#resources.dropBefore(oldest);
      this.#versions.dropBefore(oldest);
      this.#requestLog.dropBefore(oldest);
    });
  }

  /** Makes the files smaller by a step; false when there is nothing more that can go. */
  #makeRoom(nowMs: number): boolean {
    const [oldest, ...later] = this.#days.days;
    if (oldest !== undefined && later.length > 0) {
      this.#drop(oldest);
      return true;
    }
    if (oldest !== undefined && this.#transaction(() => this.#traces.dropOldestSpans(oldest, SHARE_OF_DAY)) > 0) {
      return true;
    }
    const today = utcDay(nowMs * 1_000);
    const first = Math.min(this.#metricRollUps.oldestDay() ?? today, this.#requestRollUps.oldestDay() ?? today);
    return this.#dropSlots(today, () => first + Math.ceil((today - first) * SHARE_OF_ROLL_UPS));
  }

  /** Once a day something is too old. */
  #dropOldSlots(nowMs: number): void {
    const today = utcDay(nowMs * 1_000);
    const { days, rollUpDays } = this.#retention;
    this.#dropSlots(today, (what, level) => {
      const hours = what === "points" ? HOURS_KEPT_DAYS : days;
      const kept = {
        ...{ "1m": days, "5m": days, "15m": days },
        ...{ "1h": hours, "6h": hours },
        ...{ "1d": rollUpDays, "7d": rollUpDays },
      }[level.name];
      return today - Math.min(kept, rollUpDays);
    });
  }

  /** Drops roll-ups from before a day; false when there are none. */
  #dropSlots(today: number, firstKept: (what: RolledUp, level: RollUpLevel) => number): boolean {
    return this.#transaction(() => {
      const dropped = ROLLED_UP.flatMap((what) =>
        this.#horizons
          .levels(what)
          .map(({ level }) => this.#horizons.dropSlotsBefore(what, level, firstKept(what, level))),
      );
      if (!dropped.includes(true)) return false;
      this.#metricRollUps.dropOld();
      this.#requestRollUps.dropOld();
      this.#series.dropBefore(Math.min(this.#days.days[0] ?? today, this.#metricRollUps.oldestDay() ?? today));
      this.#resources.dropBefore(this.#days.days[0] ?? today);
      return true;
    });
  }

  /** The oldest day with rows. */
  #firstDay(): number {
    return this.#days.days[0] ?? Number.MAX_SAFE_INTEGER;
  }

  #firstKeptDay(nowMs: number): number {
    return utcDay(nowMs * 1_000) - this.#retention.days;
  }

  #bytesInUse(): number {
    const pages = (pragma: string): number => this.#connection.scalar(`PRAGMA ${pragma}`) as number;
    const database = (pages("page_count") - pages("freelist_count")) * pages("page_size");
    return database + this.#requestLog.sizeBytes();
  }

  #bytesOnDisk(): number {
    const files = [this.#path, `${this.#path}-wal`].filter((file) => existsSync(file));
    return files.reduce((sum, file) => sum + statSync(file).size, 0) + this.#requestLog.sizeBytes();
  }

  #explain(error: unknown): unknown {
    if (!isInUse(error)) return error;
    return new Error(
      `${this.#path} is in use by another process: one Chainwatch server at a time can have a data folder. ` +
        "Stop the other one, or give this one a data folder of its own.",
      { cause: error },
    );
  }
}
