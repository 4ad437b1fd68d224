import * as semconv from "../instrument/semconv.js";
import type { Attributes } from "../receive/telemetry-batch.js";
import { textField } from "./attribute-field.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { canonicalJson, parseAttributes, sha256 } from "./stored-attributes.js";
import type { Sender, StoreStatus } from "./telemetry-store.js";
import { isoTime } from "./utc-day.js";

const MOST_SENDERS = 1_000;

/** The senders: each distinct set of resource attributes once, since every row repeats them. */
export class ResourceTable {
  /** By canonical JSON. */
  #ids = new Map<string, number>();
  #attributes = new Map<number, Attributes>();

  constructor(private readonly connection: SqliteConnection) {
    connection.exec(`CREATE TABLE IF NOT EXISTS resources (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      service TEXT NOT NULL,
      instance TEXT NOT NULL,
      first_seen_us INTEGER NOT NULL,
      last_seen_us INTEGER NOT NULL,
      last_day INTEGER NOT NULL,
      attributes TEXT NOT NULL
    )`);
    const columns = connection.statement("SELECT name FROM pragma_table_info('resources')").all() as { name: string }[];
    if (columns.some(({ name }) => name === "first_seen_us")) return;
    // A database of before: since when a sender is known cannot be told any more.
    connection.exec(`ALTER TABLE resources ADD COLUMN first_seen_us INTEGER NOT NULL DEFAULT 0;
      UPDATE resources SET first_seen_us = last_seen_us`);
  }

  /** Forgets what was read, after a transaction that was undone. */
  reload(): void {
    this.#ids.clear();
    this.#attributes.clear();
  }

  /** The resource's id; made when it is new. */
  intern(resource: Attributes): number {
    const canonical = canonicalJson(resource);
    const known = this.#ids.get(canonical);
    if (known !== undefined) return known;
    this.connection
      .statement(
        `INSERT INTO resources (hash, service, instance, first_seen_us, last_seen_us, last_day, attributes)
         VALUES (?, ?, ?, 0, 0, 0, ?)
         ON CONFLICT (hash) DO NOTHING`,
      )
      .run(
        sha256(canonical),
        textField(resource, semconv.RESOURCE_SERVICE_NAME) ?? "unknown_service",
        textField(resource, semconv.RESOURCE_SERVICE_INSTANCE_ID) ?? "",
        JSON.stringify(resource),
      );
    const id = this.connection.scalar("SELECT id FROM resources WHERE hash = ?", sha256(canonical)) as number;
    this.#ids.set(canonical, id);
    return id;
  }

  /** Notes that rows of a resource came in, so that it is kept as long as they are. */
  seen(id: number, nowUs: number, day: number): void {
    this.connection
      .statement(
        `UPDATE resources SET first_seen_us = iif(first_seen_us = 0, ?, first_seen_us),
         last_seen_us = max(last_seen_us, ?), last_day = max(last_day, ?) WHERE id = ?`,
      )
      .run(nowUs, nowUs, day, id);
  }

  attributes(id: number): Attributes {
    let attributes = this.#attributes.get(id);
    if (attributes === undefined) {
      attributes = parseAttributes(
        this.connection.scalar("SELECT attributes FROM resources WHERE id = ?", id) as string,
      );
      this.#attributes.set(id, attributes);
    }
    return attributes;
  }

  /**
   * @param sinceDay leaves out the services of which nothing but roll-ups is left; how long a service is known does not
   *   depend on it
   */
  services(sinceDay: number): StoreStatus["services"] {
    const rows = this.connection
      .statement(
        `SELECT service, count(DISTINCT iif(last_day >= ?, instance, NULL)) AS instances,
           min(first_seen_us) AS first_us, max(last_seen_us) AS last_us
         FROM resources GROUP BY service HAVING max(last_day) >= ? ORDER BY service`,
      )
      .all(sinceDay, sinceDay) as { service: string; instances: number; first_us: number; last_us: number }[];
    return rows.map(({ service, instances, first_us, last_us }) => ({
      service,
      instances,
      first_seen: isoTime(first_us),
      last_seen: isoTime(last_us),
    }));
  }

  /** @param sinceDay leaves out those of whom nothing but roll-ups is left */
  senders(sinceDay: number): Sender[] {
    const rows = this.connection
      .statement(
        `SELECT service, instance, first_us, last_us, attributes FROM (
           SELECT service, instance, attributes, last_day, last_seen_us, max(last_seen_us) OVER sender AS last_us,
             min(first_seen_us) OVER sender AS first_us
           FROM resources WINDOW sender AS (PARTITION BY service, instance))
         WHERE last_seen_us = last_us AND last_day >= ?
         GROUP BY service, instance ORDER BY last_us DESC, service, instance LIMIT ${MOST_SENDERS}`,
      )
      .all(sinceDay) as { service: string; instance: string; first_us: number; last_us: number; attributes: string }[];
    return rows.map(({ service, instance, first_us, last_us, attributes }) => ({
      service,
      instance,
      first_seen: isoTime(first_us),
      last_seen: isoTime(last_us),
      resource: parseAttributes(attributes),
    }));
  }

  /** Forgets the senders whose last row is gone, and their series too. */
  dropBefore(day: number): void {
    this.connection
      .statement("DELETE FROM resources WHERE last_day < ? AND id NOT IN (SELECT resource FROM series)")
      .run(day);
    this.reload();
  }
}
