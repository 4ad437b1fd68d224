import { existsSync, mkdirSync, renameSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { loadSqlite } from "../store/sqlite.js";
import { isDamage, SqliteConnection } from "../store/sqlite-connection.js";
import type { AlertInstance } from "./alert-instance.js";
import {
  type AlertJournal,
  type EvaluationRecord,
  type HistoryFilter,
  type HistoryPage,
  JournalHeldError,
  type JournalHolder,
  type NotifyRecord,
  type NotifyState,
} from "./alert-journal.js";
import { MATCH_OPERATORS } from "./alert-matcher.js";
import type { Acknowledgement, AlertTransition, NotificationResult } from "./alert-view.js";
import { takeLock } from "./journal-lock.js";
import { labelsKey } from "./rule.js";
import type { Silence } from "./silence.js";

/** What each version added: a file of version n has the first n. */
const SCHEMA_STEPS = [
  `
  CREATE TABLE alert_instance (
    rule TEXT NOT NULL, labels TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (rule, labels)
  ) STRICT;
  CREATE TABLE alert_transition (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL, to_state TEXT NOT NULL,
    body TEXT NOT NULL, notification TEXT
  ) STRICT;
  CREATE INDEX alert_transition_at ON alert_transition (at_ms);
  CREATE TABLE holder (one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER, host TEXT, since TEXT) STRICT;
  `,
  `
  ALTER TABLE alert_transition ADD COLUMN acknowledgement TEXT;
  CREATE TABLE silence (id TEXT PRIMARY KEY, ends_at_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE notify_group (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE receiver_attempt (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  `,
];

const SCHEMA_VERSION = SCHEMA_STEPS.length;

const RETENTION_MS = 90 * 86_400_000;

const TRANSITION_COLUMNS = "body, notification, acknowledgement";

const SELECT_HISTORY = `
  SELECT seq, ${TRANSITION_COLUMNS} FROM alert_transition
  WHERE ($before IS NULL OR seq < $before)
    AND ($fromMs IS NULL OR at_ms >= $fromMs) AND ($toMs IS NULL OR at_ms < $toMs)
    AND ($rule IS NULL OR json_extract(body, '$.rule') = $rule)
    AND ($severity IS NULL OR json_extract(body, '$.severity') = $severity)
  ORDER BY seq DESC LIMIT $rows
`;

const FORGET_TRANSITIONS = `
  DELETE FROM alert_transition WHERE at_ms < ? AND id NOT IN (
    SELECT json_extract(body, '$.entered.id') FROM alert_instance WHERE json_extract(body, '$.entered.id') IS NOT NULL
  )
`;

const COUNT_BROKEN = `
  SELECT
    (SELECT count(*) FROM alert_transition WHERE NOT json_valid(body)
      OR NOT json_valid(coalesce(notification, '{}')) OR NOT json_valid(coalesce(acknowledgement, '{}')))
    + (SELECT count(*) FROM notify_group WHERE NOT json_valid(body))
    + (SELECT count(*) FROM outbox WHERE NOT json_valid(body))
    + (SELECT count(*) FROM receiver_attempt WHERE NOT json_valid(body))
`;

/** A row that a damaged file may have changed into anything. */
const INSTANCE = z.object({
  rule: z.string(),
  labels: z.record(z.string(), z.string()),
  subject: z.string(),
  state: z.enum(["inactive", "pending", "firing"]),
  sinceMs: z.number(),
  countedAtMs: z.number(),
  heldMs: z.number(),
  clearMs: z.number().optional(),
  unknownMs: z.number(),
  noDataMs: z.number().optional(),
  value: z.number().optional(),
  entered: z.looseObject({ id: z.string(), rule: z.string(), to: z.string() }).optional(),
});

const SILENCE = z.object({
  id: z.string(),
  matchers: z.array(z.object({ name: z.string(), op: z.enum(MATCH_OPERATORS), value: z.string() })),
  author: z.string(),
  reason: z.string(),
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
  created_at: z.iso.datetime(),
});

/**
 * The journal in `alerts.db` of a data directory: synchronous FULL, so what is committed survives a power cut. Rows
 * are few and small, so it runs on the caller's thread. Transitions are kept for 90 days,
 * those of alerts that fire on for longer; silences for 90 days after their end.
 */
export class SqliteAlertJournal implements AlertJournal {
  private constructor(
    private readonly database: SqliteConnection,
    private readonly lock: { release(): void },
    /** Where a damaged journal was moved to, when there was one. */
    readonly setAside: string | undefined,
  ) {}

  /**
   * @param now Unix time in milliseconds: the holder's `since`, and part of the name of a file that is set aside
   * @throws {JournalHeldError} when another evaluator has it
   */
  static async open(dataDir: string, now: () => number = Date.now): Promise<SqliteAlertJournal> {
    mkdirSync(dataDir, { recursive: true });
    const path = join(dataDir, "alerts.db");
    const lock = await takeLock(`${path}-lock`);
    if (lock === undefined) throw new JournalHeldError(path, await readHolder(path));
    try {
      const sound = openSound(path);
      const setAside = sound === undefined ? moveAside(path, now()) : undefined;
      const database = sound ?? openSound(path);
      if (database === undefined) throw new Error(`${path}: a new alert journal could not be made`);
      const holder: JournalHolder = { pid: process.pid, host: hostname(), since: new Date(now()).toISOString() };
      database
        .statement("INSERT OR REPLACE INTO holder (one, pid, host, since) VALUES (1, ?, ?, ?)")
        .run(holder.pid, holder.host, holder.since);
      return new SqliteAlertJournal(database, lock, setAside);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async instances(): Promise<AlertInstance[]> {
    return readInstances(this.database);
  }

  async record({ atMs, instances, transitions }: EvaluationRecord): Promise<void> {
    this.database.transaction(() => {
      const remove = this.database.statement("DELETE FROM alert_instance WHERE rule = ?");
      const add = this.database.statement("INSERT INTO alert_instance (rule, labels, body) VALUES (?, ?, ?)");
      for (const [rule, alerts] of instances) {
        remove.run(rule);
        for (const alert of alerts) add.run(rule, labelsKey(alert.labels), JSON.stringify(alert));
      }
      if (transitions.length === 0) return;
      const append = this.database.statement(
        "INSERT OR IGNORE INTO alert_transition (id, at_ms, to_state, body) VALUES (?, ?, ?, ?)",
      );
      for (const transition of transitions) {
        append.run(transition.id, Date.parse(transition.at), transition.to, JSON.stringify(transition));
      }
      this.database.statement(FORGET_TRANSITIONS).run(atMs - RETENTION_MS);
    });
  }

  async history(limit: number): Promise<AlertTransition[]> {
    return (await this.historyPage({ limit })).transitions;
  }

  async historyPage({ rule, severity, fromMs, toMs, before, limit }: HistoryFilter): Promise<HistoryPage> {
    const rows = this.database.statement(SELECT_HISTORY).all({
      rule: rule ?? null,
      severity: severity ?? null,
      fromMs: fromMs ?? null,
      toMs: toMs ?? null,
      before: before ?? null,
      // One more than asked for shows whether there is a next page.
      rows: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      transitions: page.map(transitionOf),
      ...(rows.length > limit && last !== undefined && { next: Number(last.seq) }),
    };
  }

  async undecided(): Promise<AlertTransition[]> {
    return this.database
      .statement(
        `SELECT ${TRANSITION_COLUMNS} FROM alert_transition WHERE notification IS NULL AND to_state IN ('firing', 'resolved') ORDER BY seq`,
      )
      .all()
      .map(transitionOf);
  }

  async recordNotify({
    notifications = new Map(),
    groups = new Map(),
    outbox = new Map(),
    attempts = new Map(),
  }: NotifyRecord): Promise<void> {
    this.database.transaction(() => {
      const decide = this.database.statement("UPDATE alert_transition SET notification = ? WHERE id = ?");
      for (const [id, notification] of notifications) decide.run(JSON.stringify(notification), id);
      this.keep("notify_group", groups);
      this.keep("outbox", outbox);
      this.keep("receiver_attempt", attempts);
    });
  }

  async notifyState(): Promise<NotifyState> {
    const rows = (sql: string): { key: string; body: string }[] => this.database.statement(sql).all();
    const body = (row: { body: string }): string => row.body;
    return {
      groups: rows("SELECT key, body FROM notify_group ORDER BY key").map(body),
      outbox: rows("SELECT key, body FROM outbox ORDER BY seq").map(body),
      attempts: new Map(rows("SELECT key, body FROM receiver_attempt").map((row) => [row.key, row.body])),
    };
  }

  async notification(transitionId: string): Promise<NotificationResult | undefined> {
    const row = this.database.statement("SELECT notification FROM alert_transition WHERE id = ?").get(transitionId);
    return row?.notification == null ? undefined : JSON.parse(row.notification);
  }

  async recordAcknowledgement(transitionId: string, acknowledgement: Acknowledgement): Promise<void> {
    this.database
      .statement("UPDATE alert_transition SET acknowledgement = ? WHERE id = ?")
      .run(JSON.stringify(acknowledgement), transitionId);
  }

  async acknowledgement(transitionId: string): Promise<Acknowledgement | undefined> {
    const row = this.database.statement("SELECT acknowledgement FROM alert_transition WHERE id = ?").get(transitionId);
    return row?.acknowledgement == null ? undefined : JSON.parse(row.acknowledgement);
  }

  async silences(): Promise<Silence[]> {
    return readSilences(this.database);
  }

  async putSilence(silence: Silence, atMs: number): Promise<void> {
    this.database.transaction(() => {
      this.database.statement("DELETE FROM silence WHERE ends_at_ms < ?").run(atMs - RETENTION_MS);
      this.database
        .statement("INSERT OR REPLACE INTO silence (id, ends_at_ms, body) VALUES (?, ?, ?)")
        .run(silence.id, Date.parse(silence.ends_at), JSON.stringify(silence));
    });
  }

  async close(): Promise<void> {
    this.database.close();
    this.lock.release();
  }

  private keep(
    table: "notify_group" | "outbox" | "receiver_attempt",
    bodies: ReadonlyMap<string, string | undefined>,
  ): void {
    const remove = this.database.statement(`DELETE FROM ${table} WHERE key = ?`);
    const put = this.database.statement(
      `INSERT INTO ${table} (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body`,
    );
    for (const [key, body] of bodies) body === undefined ? remove.run(key) : put.run(key, body);
  }
}

/** @returns undefined when the file is damaged */
function openSound(path: string): SqliteConnection | undefined {
  const database = new SqliteConnection(path);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    const version = Number(database.scalar("PRAGMA user_version"));
    if (version > SCHEMA_VERSION) {
      throw new NewerJournalError(
        `${path} has version ${version}, this Chainwatch knows ${SCHEMA_VERSION}: it was written by a newer one. Update, or use another data directory`,
      );
    }
    if (version < SCHEMA_VERSION) {
      const steps = SCHEMA_STEPS.slice(version).join("");
      database.exec(`BEGIN; ${steps} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    }
    if (isSound(database)) return database;
  } catch (error) {
    database.close();
    if (isUnreadable(error)) return undefined;
    throw error;
  }
  database.close();
  return undefined;
}

class NewerJournalError extends Error {
  override readonly name = "NewerJournalError";
}

function isSound(database: SqliteConnection): boolean {
  if (database.scalar("PRAGMA quick_check(1)") !== "ok") return false;
  readInstances(database);
  readSilences(database);
  return Number(database.scalar(COUNT_BROKEN)) === 0;
}

/** Not the errors of a full disk, a missing right or a lock: with those the file may be sound. */
function isUnreadable(error: unknown): boolean {
  return (
    isDamage(error) ||
    error instanceof z.ZodError ||
    error instanceof SyntaxError ||
    // The file's version does not fit its tables.
    (error instanceof Error && /no such (table|column)|already exists/.test(error.message))
  );
}

function moveAside(path: string, nowMs: number): string {
  const target = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(":", "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}

async function readHolder(path: string): Promise<JournalHolder | undefined> {
  const { DatabaseSync } = await loadSqlite();
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return database.prepare("SELECT pid, host, since FROM holder").get();
    } finally {
      database.close();
    }
  } catch {
    // Being made right now, or damaged: that it is held is known all the same.
    return undefined;
  }
}

function readInstances(database: SqliteConnection): AlertInstance[] {
  return database
    .statement("SELECT body FROM alert_instance ORDER BY rule, labels")
    .all()
    .map(({ body }) => INSTANCE.parse(JSON.parse(body)) as unknown as AlertInstance);
}

function readSilences(database: SqliteConnection): Silence[] {
  return database
    .statement("SELECT body FROM silence")
    .all()
    .map(({ body }) => SILENCE.parse(JSON.parse(body)));
}

interface TransitionRow {
  body: string;
  notification: string | null;
  acknowledgement: string | null;
}

function transitionOf({ body, notification, acknowledgement }: TransitionRow): AlertTransition {
  const transition: AlertTransition = JSON.parse(body);
  if (notification !== null) transition.notification = JSON.parse(notification);
  if (acknowledgement !== null) transition.acknowledged = JSON.parse(acknowledgement);
  return transition;
}
