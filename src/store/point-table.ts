import type { Histogram, MetricPointRow, PointKind } from "../receive/telemetry-batch.js";
import { isNoGrowth, type StreamState, stepStream } from "./cumulative-stream.js";
import { type DayTables, tableOf } from "./day-tables.js";
import { mergeHistograms } from "./histogram.js";
import type { ResourceTable } from "./resource-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { canonicalJson, parseAttributes, sha256 } from "./stored-attributes.js";
import { parseStored } from "./stored-json.js";
import type { GrowthQuery, SeriesGrowth, SeriesPoints } from "./telemetry-store.js";

const MINUTE_US = 60_000_000;

interface Stream {
  /** The last point; undefined before the first. */
  state: StreamState | undefined;
  /** Time of the stored row when the last point told of no growth, else 0. */
  idleUs: number;
}

interface SeriesRow {
  id: number;
  kind: PointKind;
  resource: number;
  attributes: string;
}

interface PointRow {
  series: number;
  time_us: number;
  /** Only where there is no histogram. */
  value: number;
  histogram: string | null;
}

/**
 * Metric points by series.
 *
 * Counters and histograms are kept as growth, so that a window's answer is a sum. Cumulative points become growth
 * here, against the last point of their stream, which is kept with it: a restart of the server continues exactly.
 * An idle stream's points say only that it lives; of those, the last one of a minute is kept.
 */
export class PointTable {
  /** Series ids by canonical identity. */
  #series = new Map<string, number>();
  /** By series and start time. */
  #streams = new Map<string, Stream>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
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
    CREATE INDEX IF NOT EXISTS series_metric ON series (metric);
    CREATE TABLE IF NOT EXISTS streams (
      series INTEGER NOT NULL,
      start_us INTEGER NOT NULL,
      time_us INTEGER NOT NULL,
      idle_us INTEGER NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (series, start_us)
    ) WITHOUT ROWID`);
  }

  /** Forgets what was read, after a transaction that was undone. */
  reload(): void {
    this.#series.clear();
    this.#streams.clear();
  }

  /** Stores the points that tell something new. */
  insert(points: readonly MetricPointRow[], dayOf: (timeUs: number) => number, nowUs: number): { duplicates: number } {
    const seriesDays = new Map<number, number>();
    const resourceDays = new Map<number, number>();
    const resourceIds = new Map<MetricPointRow["resource"], number>();
    const stored = new Map<number, { rows: number; oldestUs: number }>();
    let duplicates = 0;

    for (const point of points) {
      const day = dayOf(point.timeUs);
      this.days.ensure(day, point.timeUs);
      const resource = resourceIds.get(point.resource) ?? this.resources.intern(point.resource);
      resourceIds.set(point.resource, resource);
      const series = this.#intern(point, resource);
      const rows = this.#store(series, point, day);
      if (rows === undefined) {
        duplicates += 1;
        continue;
      }
      seriesDays.set(series, Math.max(day, seriesDays.get(series) ?? day));
      resourceDays.set(resource, Math.max(day, resourceDays.get(resource) ?? day));
      const tally = stored.get(day) ?? { rows: 0, oldestUs: point.timeUs };
      stored.set(day, { rows: tally.rows + rows, oldestUs: Math.min(tally.oldestUs, point.timeUs) });
    }

    const touch = this.connection.statement("UPDATE series SET last_day = ? WHERE id = ? AND last_day < ?");
    for (const [series, day] of seriesDays) touch.run(day, series, day);
    for (const [resource, day] of resourceDays) this.resources.seen(resource, nowUs, day);
    for (const [day, { rows, oldestUs }] of stored) this.days.count(day, "points", rows, oldestUs);
    return { duplicates };
  }

  /** For each series of a counter or histogram, its growth in the window. */
  growth(query: GrowthQuery): SeriesGrowth[] {
    const series = this.#seriesOf(query.metric, ["counter", "histogram"]);
    const growths = new Map<string, { series: number; growth: number | Histogram }>();
    for (const row of this.#rows(series, query)) {
      const growth = row.histogram === null ? row.value : parseStored<Histogram>(row.histogram);
      // A series whose histograms change their type has a growth of each.
      const key = `${row.series} ${typeof growth === "number" ? "" : growth.type}`;
      const before = growths.get(key)?.growth;
      growths.set(key, { series: row.series, growth: before === undefined ? growth : add(before, growth) });
    }
    return [...growths.values()].map(({ series: id, growth }) => ({
      ...this.#describe(series.get(id) as SeriesRow),
      growth,
    }));
  }

  /** For each series of a gauge or up-down counter, its points in the window and nothing from before it. */
  points(query: GrowthQuery): SeriesPoints[] {
    const series = this.#seriesOf(query.metric, ["gauge", "up_down_counter"]);
    const found = new Map<number, SeriesPoints["points"]>();
    for (const { series: id, time_us, value } of this.#rows(series, query)) {
      const points = found.get(id) ?? [];
      points.push({ timeUs: time_us, value });
      found.set(id, points);
    }
    return [...found].map(([id, points]) => ({ ...this.#describe(series.get(id) as SeriesRow), points }));
  }

  /** Forgets the series whose last point is gone. */
  dropBefore(day: number): void {
    this.connection.statement("DELETE FROM series WHERE last_day < ?").run(day);
    this.connection.exec("DELETE FROM streams WHERE series NOT IN (SELECT id FROM series)");
    this.reload();
  }

  #intern(point: MetricPointRow, resource: number): number {
    const identity = `${point.metric} ${point.kind} ${resource} ${canonicalJson(point.attributes)}`;
    const known = this.#series.get(identity);
    if (known !== undefined) return known;
    this.connection
      .statement(
        `INSERT INTO series (hash, metric, kind, unit, resource, last_day, attributes) VALUES (?, ?, ?, ?, ?, 0, ?)
         ON CONFLICT (hash) DO NOTHING`,
      )
      .run(sha256(identity), point.metric, point.kind, point.unit, resource, JSON.stringify(point.attributes));
    const id = this.connection.scalar("SELECT id FROM series WHERE hash = ?", sha256(identity)) as number;
    this.#series.set(identity, id);
    return id;
  }

  /** Stores what a point says; gives the number of new rows, or undefined when the point says nothing new. */
  #store(series: number, point: MetricPointRow, day: number): number | undefined {
    if (point.kind === "gauge") return this.#insertRow(series, point, 0, point.value, day);
    if (point.kind === "up_down_counter") {
      return point.temporality === "delta"
        ? this.#storeChange(series, point, day)
        : this.#insertRow(series, point, 0, point.value, day);
    }
    return point.temporality === "delta"
      ? this.#insertRow(series, point, point.startTimeUs, point.value, day)
      : this.#storeCumulative(series, point, day);
  }

  #storeCumulative(series: number, point: MetricPointRow, day: number): number | undefined {
    const stream = this.#stream(series, point.startTimeUs);
    const step = stepStream(stream.state, point);
    if (step.outcome === "known") return undefined;
    stream.state = { timeUs: point.timeUs, value: point.value };
    let rows: number | undefined = 0;
    if (step.outcome === "grown") {
      const idle = isNoGrowth(step.growth);
      const sameMinute = Math.floor(stream.idleUs / MINUTE_US) === Math.floor(point.timeUs / MINUTE_US);
      if (idle && sameMinute) this.#moveRow(series, point, stream.idleUs, day);
      else rows = this.#insertRow(series, point, point.startTimeUs, step.growth, day);
      stream.idleUs = idle ? point.timeUs : 0;
    }
    this.#saveStream(series, point.startTimeUs, stream);
    return rows;
  }

  /** An up-down counter's change is added to its running total, because its value is what is asked for. */
  #storeChange(series: number, point: MetricPointRow, day: number): number | undefined {
    const stream = this.#stream(series, 0);
    if (stream.state !== undefined && point.timeUs <= stream.state.timeUs) return undefined;
    const total = (stream.state === undefined ? 0 : (stream.state.value as number)) + (point.value as number);
    stream.state = { timeUs: point.timeUs, value: total };
    this.#saveStream(series, 0, stream);
    return this.#insertRow(series, point, 0, total, day);
  }

  #insertRow(
    series: number,
    point: MetricPointRow,
    startUs: number,
    value: number | Histogram,
    day: number,
  ): number | undefined {
    const isNumber = typeof value === "number";
    const { changes } = this.connection
      .statement(
        `INSERT INTO ${tableOf("points", day)} (series, time_us, start_us, value, histogram) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(series, point.timeUs, startUs, isNumber ? value : null, isNumber ? null : JSON.stringify(value));
    return Number(changes) === 0 ? undefined : 1;
  }

  #moveRow(series: number, point: MetricPointRow, fromUs: number, day: number): void {
    this.connection
      .statement(`UPDATE ${tableOf("points", day)} SET time_us = ? WHERE series = ? AND time_us = ? AND start_us = ?`)
      .run(point.timeUs, series, fromUs, point.startTimeUs);
  }

  #stream(series: number, startUs: number): Stream {
    const key = `${series} ${startUs}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const row = this.connection
        .statement("SELECT time_us, idle_us, value FROM streams WHERE series = ? AND start_us = ?")
        .get(series, startUs) as { time_us: number; idle_us: number; value: string } | undefined;
      stream = {
        state:
          row === undefined ? undefined : { timeUs: row.time_us, value: parseStored<StreamState["value"]>(row.value) },
        idleUs: row?.idle_us ?? 0,
      };
      this.#streams.set(key, stream);
    }
    return stream;
  }

  #saveStream(series: number, startUs: number, { state, idleUs }: Stream): void {
    this.connection
      .statement("INSERT OR REPLACE INTO streams (series, start_us, time_us, idle_us, value) VALUES (?, ?, ?, ?, ?)")
      .run(series, startUs, state?.timeUs ?? 0, idleUs, JSON.stringify(state?.value));
  }

  #seriesOf(metric: string, kinds: readonly [PointKind, PointKind]): Map<number, SeriesRow> {
    const rows = this.connection
      .statement("SELECT id, kind, resource, attributes FROM series WHERE metric = ? AND kind IN (?, ?)")
      .all(metric, ...kinds) as SeriesRow[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Rows with fromUs < time <= toUs, by series and then time. */
  *#rows(series: ReadonlyMap<number, SeriesRow>, { fromUs, toUs }: GrowthQuery): Generator<PointRow> {
    for (const day of this.days.between(fromUs, toUs)) {
      const select = this.connection.statement(
        `SELECT series, time_us, value, histogram FROM ${tableOf("points", day)}
         WHERE series = ? AND time_us > ? AND time_us <= ? ORDER BY time_us`,
      );
      for (const id of series.keys()) {
        yield* select.all(id, fromUs, toUs) as PointRow[];
      }
    }
  }

  #describe({ kind, resource, attributes }: SeriesRow): Omit<SeriesGrowth, "growth"> {
    return { kind, attributes: parseAttributes(attributes), resource: this.resources.attributes(resource) };
  }
}

const add = (a: number | Histogram, b: number | Histogram): number | Histogram =>
  typeof a === "number" || typeof b === "number" ? (a as number) + (b as number) : mergeHistograms(a, b);
