import type { Histogram, MetricPointRow } from "../receive/telemetry-batch.js";
import { isNoGrowth, type StreamState, stepStream } from "./cumulative-stream.js";
import { type DayTables, tableOf } from "./day-tables.js";
import type { MetricRollUps } from "./metric-roll-ups.js";
import type { ResourceTable } from "./resource-table.js";
import type { SeriesTable } from "./series-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";

const MINUTE_US = 60_000_000;

/** The minute of a time; like windows, it has its end and not its start. */
const minuteOf = (timeUs: number): number => Math.ceil(timeUs / MINUTE_US);

interface Stream {
  /** The last point; undefined before the first. */
  state: StreamState | undefined;
  /** Time of the stored row when the last point told of no growth, else 0. */
  idleUs: number;
}

/** What a process reported of one gauge or up-down counter at one time. */
interface Collection {
  metric: string;
  resource: number;
  timeUs: number;
  day: number;
}

/**
 * Metric points by series, and their sums by slots of time.
 *
 * Counters and histograms are kept as growth, so that a window's answer is a sum. Cumulative points become growth
 * here, against the last point of their stream, which is kept with it: a restart of the server continues exactly.
 * An idle stream's points say only that it lives; of those, the last one of a minute is kept.
 */
export class PointTable {
  /** By series and start time. */
  #streams = new Map<string, Stream>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly resources: ResourceTable,
    private readonly series: SeriesTable,
    private readonly rollUps: MetricRollUps,
  ) {
    connection.exec(`CREATE TABLE IF NOT EXISTS streams (
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
    this.#streams.clear();
  }

  /** Stores the points that tell something new. */
  insert(points: readonly MetricPointRow[], dayOf: (timeUs: number) => number, nowUs: number): { duplicates: number } {
    const seriesDays = new Map<number, number>();
    const resourceDays = new Map<number, number>();
    const resourceIds = new Map<MetricPointRow["resource"], number>();
    const stored = new Map<number, { rows: number; oldestUs: number }>();
    const collections = new Map<string, Collection>();
    let duplicates = 0;

    for (const point of points) {
      const { metric, kind, timeUs } = point;
      const day = dayOf(timeUs);
      this.days.ensure(day, timeUs);
      const resource = resourceIds.get(point.resource) ?? this.resources.intern(point.resource);
      resourceIds.set(point.resource, resource);
      const series = this.series.intern(point, resource);
      const rows = this.#store(series, point, day);
      if (rows === undefined) {
        duplicates += 1;
        continue;
      }
      if (kind === "gauge" || kind === "up_down_counter") {
        collections.set(`${metric} ${resource} ${timeUs}`, { metric, resource, timeUs, day });
      }
      seriesDays.set(series, Math.max(day, seriesDays.get(series) ?? day));
      resourceDays.set(resource, Math.max(day, resourceDays.get(resource) ?? day));
      const tally = stored.get(day) ?? { rows: 0, oldestUs: timeUs };
      stored.set(day, { rows: tally.rows + rows, oldestUs: Math.min(tally.oldestUs, timeUs) });
    }

    for (const collection of collections.values()) this.#rollUpCollection(collection);
    this.rollUps.save();
    for (const [series, day] of seriesDays) this.series.seen(series, day);
    for (const [resource, day] of resourceDays) this.resources.seen(resource, nowUs, day);
    for (const [day, { rows, oldestUs }] of stored) this.days.count(day, "points", rows, oldestUs);
    return { duplicates };
  }

  /** Forgets where the streams stand whose last point is gone. */
  dropBefore(day: number): void {
    this.connection
      .statement("DELETE FROM streams WHERE series NOT IN (SELECT id FROM series WHERE last_day >= ?)")
      .run(day);
    this.reload();
  }

  /** Removes the points of a series; gives how many. */
  deleteSeries(series: number): number {
    this.#streams.clear();
    this.connection.statement("DELETE FROM streams WHERE series = ?").run(series);
    let deleted = 0;
    for (const day of this.days.days) {
      const { changes } = this.connection
        .statement(`DELETE FROM ${tableOf("points", day)} WHERE series = ?`)
        .run(series);
      this.days.count(day, "points", -Number(changes), Number.MAX_SAFE_INTEGER);
      deleted += Number(changes);
    }
    return deleted;
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
      const sameMinute = minuteOf(stream.idleUs) === minuteOf(point.timeUs);
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
    if (Number(changes) === 0) return undefined;
    const { metric, kind, timeUs } = point;
    if (kind === "counter" || kind === "histogram") this.rollUps.addGrowth(metric, series, timeUs, value);
    else this.rollUps.addPoint(metric, series, [timeUs, value as number]);
    return 1;
  }

  /** The points of a collection may come one by one, so what is stored of it is read. */
  #rollUpCollection({ metric, resource, timeUs, day }: Collection): void {
    const select = this.connection.statement(
      `SELECT value FROM ${tableOf("points", day)} WHERE series = ? AND time_us = ? AND start_us = 0`,
    );
    const values = this.series.siblings(metric, resource).map((series): [number, number | undefined] => {
      return [series, (select.get(series, timeUs) as { value: number } | undefined)?.value];
    });
    this.rollUps.addCollection(metric, new Map(values), timeUs);
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
}
