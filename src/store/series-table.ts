import { ATTR_USER_ID } from "../instrument/semconv.js";
import type { Attributes, MetricPointRow, PointKind } from "../receive/telemetry-batch.js";
import type { ResourceTable } from "./resource-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { canonicalJson, parseAttributes, sha256 } from "./stored-attributes.js";

/** What a series is. */
export interface SeriesIdentity {
  attributes: Attributes;
  resource: Attributes;
  kind: PointKind;
}

/** Of an instrument and a day each, which are few. */
const MOST_LISTS = 1_000;

/** Metric series: each distinct metric, kind, sender and set of attributes once. */
export class SeriesTable {
  /** By canonical identity. */
  #ids = new Map<string, number>();
  #identities = new Map<number, SeriesIdentity>();
  /** Gauges and up-down counters of one metric and sender. */
  #siblings = new Map<string, number[]>();
  /** Those of one metric that are not over. */
  #living = new Map<string, number[]>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly resources: ResourceTable,
  ) {
    connection.exec(`CREATE TABLE IF NOT EXISTS series (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      metric TEXT NOT NULL,
      kind TEXT NOT NULL,
      unit TEXT NOT NULL,
      resource INTEGER NOT NULL,
      last_day INTEGER NOT NULL,
      attributes TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS series_metric ON series (metric)`);
  }

  /** Forgets what was read, after a transaction that was undone. */
  reload(): void {
    this.#ids.clear();
    this.#identities.clear();
    this.#siblings.clear();
    this.#living.clear();
  }

  /** The id of a point's series; made when it is new. */
  intern(point: MetricPointRow, resource: number): number {
    const identity = `${point.metric} ${point.kind} ${resource} ${canonicalJson(point.attributes)}`;
    const known = this.#ids.get(identity);
    if (known !== undefined) return known;
    const { changes } = this.connection
      .statement(
        `INSERT INTO series (hash, metric, kind, unit, resource, last_day, attributes) VALUES (?, ?, ?, ?, ?, 0, ?)
         ON CONFLICT (hash) DO NOTHING`,
      )
      .run(sha256(identity), point.metric, point.kind, point.unit, resource, JSON.stringify(point.attributes));
    if (Number(changes) === 1) this.#siblings.delete(`${point.metric} ${resource}`);
    const id = this.connection.scalar("SELECT id FROM series WHERE hash = ?", sha256(identity)) as number;
    this.#ids.set(identity, id);
    return id;
  }

  /** Notes that a point of a series is in a day's table. */
  seen(id: number, day: number): void {
    const { changes } = this.connection
      .statement("UPDATE series SET last_day = ? WHERE id = ? AND last_day < ?")
      .run(day, id, day);
    if (Number(changes) > 0) this.#living.clear();
  }

  /** Undefined when the series is not kept any more. */
  identity(id: number): SeriesIdentity | undefined {
    const known = this.#identities.get(id);
    if (known !== undefined) return known;
    const row = this.connection.statement("SELECT kind, resource, attributes FROM series WHERE id = ?").get(id) as
      | { kind: PointKind; resource: number; attributes: string }
      | undefined;
    if (row === undefined) return undefined;
    const identity = {
      kind: row.kind,
      attributes: parseAttributes(row.attributes),
      resource: this.resources.attributes(row.resource),
    };
    this.#identities.set(id, identity);
    return identity;
  }

  /** The series of a metric that may have points in a day's table or later. */
  since(metric: string, kinds: readonly [PointKind, PointKind], day: number): readonly number[] {
    const key = `${metric} ${kinds} ${day}`;
    let ids = this.#living.get(key);
    if (ids === undefined) {
      const rows = this.connection
        .statement("SELECT id FROM series WHERE metric = ? AND kind IN (?, ?) AND last_day >= ?")
        .all(metric, ...kinds, day) as { id: number }[];
      ids = rows.map(({ id }) => id);
      if (this.#living.size > MOST_LISTS) this.#living.clear();
      this.#living.set(key, ids);
    }
    return ids;
  }

  /** The gauges and up-down counters of one metric and sender. */
  siblings(metric: string, resource: number): readonly number[] {
    const key = `${metric} ${resource}`;
    let ids = this.#siblings.get(key);
    if (ids === undefined) {
      const rows = this.connection
        .statement("SELECT id FROM series WHERE metric = ? AND resource = ? AND kind IN ('gauge', 'up_down_counter')")
        .all(metric, resource) as { id: number }[];
      ids = rows.map(({ id }) => id);
      this.#siblings.set(key, ids);
    }
    return ids;
  }

  /** The series that other senders keep of a user. */
  ofUser(user: string): { id: number; metric: string }[] {
    return this.connection
      .statement(`SELECT id, metric FROM series WHERE CAST(attributes ->> '$."${ATTR_USER_ID}"' AS TEXT) = ?`)
      .all(user) as { id: number; metric: string }[];
  }

  delete(id: number): void {
    this.connection.statement("DELETE FROM series WHERE id = ?").run(id);
    this.reload();
  }

  /** Forgets the series whose last point was before a day. */
  dropBefore(day: number): void {
    this.connection.statement("DELETE FROM series WHERE last_day < ?").run(day);
    this.reload();
  }
}
