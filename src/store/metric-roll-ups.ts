import type { Histogram } from "../receive/telemetry-batch.js";
import { GrowthSum } from "./growth-sum.js";
import type { RollUpHorizons } from "./roll-up-horizons.js";
import { ROLL_UP_LEVELS, type RollUpLevel } from "./roll-up-level.js";
import type { MetricSlot, SlotCache } from "./slot-cache.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";

/** A point of a gauge or up-down counter: Unix time in microseconds, and value. */
export type TimedValue = [timeUs: number, value: number];

/** What a slot keeps of a series: how much it grew, or a few of its points. */
type Summary = GrowthSum | TimedValue[];

/**
 * A series whose histograms change their type has a summary of each. `top`: the point of the process' highest
 * collection; `points`: the other points worth keeping.
 */
type SummaryType = "number" | Histogram["type"] | "points" | "top";

/** What a slot keeps of a series: one of the two. */
interface RolledSeries {
  series: number;
  growth?: number | Histogram;
  points?: TimedValue[];
}

interface RolledSlot {
  slot: number;
  rows: RolledSeries[];
}

interface Entry extends MetricSlot {
  series: number;
  type: SummaryType;
  /** Undefined: the row is to be removed. */
  summary: Summary | undefined;
}

/** Summaries that are kept in memory between batches: each is read and written again at every export of an app. */
const MOST_IN_MEMORY = 20_000;

const tableOf = ({ name }: RollUpLevel): string => `roll_ups_${name}`;

/**
 * Metric points summed up by series and slot of time, so that long windows are answered in a moment and outlive the
 * points themselves. Every point is added in the transaction that stores it, also a late one, so a crash neither
 * loses nor doubles anything.
 *
 * Rows lie by metric and time: what an app sends together is written together, what a question asks is read in one
 * go, and what is old frees whole pages.
 */
export class MetricRollUps {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<Entry>();

  constructor(
    private readonly connection: SqliteConnection,
    private readonly horizons: RollUpHorizons,
    private readonly cache: SlotCache,
  ) {
    for (const level of ROLL_UP_LEVELS) {
      connection.exec(`CREATE TABLE IF NOT EXISTS ${tableOf(level)} (
        metric TEXT NOT NULL,
        slot INTEGER NOT NULL,
        series INTEGER NOT NULL,
        type TEXT NOT NULL,
        summary TEXT NOT NULL,
        PRIMARY KEY (metric, slot, series, type)
      ) WITHOUT ROWID`);
    }
  }

  /** Forgets what was not written yet, after a transaction that was undone. */
  reload(): void {
    this.cache.clear();
    this.#entries.clear();
    this.#changed.clear();
  }

  /** Adds what a counter or histogram grew by. */
  addGrowth(metric: string, series: number, timeUs: number, growth: number | Histogram): void {
    const type = typeof growth === "number" ? "number" : growth.type;
    for (const { level, slot } of this.horizons.slotsAt("points", timeUs)) {
      const entry = this.#entry(level, metric, slot, series, type);
      const known = entry.summary as GrowthSum | undefined;
      known?.add(growth);
      this.#change(entry, known ?? new GrowthSum(growth));
    }
  }

  /** Keeps a point when it is the highest of its slot, or one of the last two: that is how often its series reports. */
  addPoint(metric: string, series: number, point: TimedValue): void {
    for (const { level, slot } of this.horizons.slotsAt("points", point[0])) {
      const entry = this.#entry(level, metric, slot, series, "points");
      const points = [...((entry.summary as TimedValue[] | undefined) ?? []), point].sort(([a], [b]) => a - b);
      const highest = points.reduce((most, each) => (each[1] > most[1] ? each : most));
      this.#change(
        entry,
        points.filter((each, i) => each === highest || i >= points.length - 2),
      );
    }
  }

  /**
   * Keeps all points of a process at one time when they add up to more than those at any other time of the slot.
   *
   * @param siblings all series of the process, with their value at that time where they have one
   */
  addCollection(metric: string, siblings: ReadonlyMap<number, number | undefined>, timeUs: number): void {
    const total = (values: Iterable<number | undefined>): number => [...values].reduce<number>(plus, 0);
    for (const { level, slot } of this.horizons.slotsAt("points", timeUs)) {
      const entries = [...siblings.keys()].map((series) => this.#entry(level, metric, slot, series, "top"));
      const known = entries.map(({ summary }) => (summary as TimedValue[] | undefined)?.[0]);
      const isHigher = total(siblings.values()) > total(known.map((point) => point?.[1]));
      if (known.some((point) => point !== undefined) && !isHigher) continue;
      for (const entry of entries) {
        const value = siblings.get(entry.series);
        this.#change(entry, value === undefined ? undefined : [[timeUs, value]]);
      }
    }
  }

  /** Writes what was added; part of the transaction. */
  save(): void {
    for (const entry of this.#changed) {
      const { level, metric, slot, series, type, summary } = entry;
      this.cache.forget(entry);
      if (summary === undefined) {
        this.connection
          .statement(`DELETE FROM ${tableOf(level)} WHERE metric = ? AND slot = ? AND series = ? AND type = ?`)
          .run(metric, slot, series, type);
      } else {
        this.connection
          .statement(
            `INSERT OR REPLACE INTO ${tableOf(level)} (metric, slot, series, type, summary) VALUES (?, ?, ?, ?, ?)`,
          )
          .run(metric, slot, series, type, JSON.stringify(summary instanceof GrowthSum ? summary.value : summary));
      }
    }
    this.#changed.clear();
    if (this.#entries.size > MOST_IN_MEMORY) this.#entries.clear();
  }

  /** What there is in the slots from `first` until before `beyond`. */
  *slots(metric: string, level: RollUpLevel, first: number, beyond: number): Generator<RolledSlot> {
    // One text a slot: the passage from SQLite takes longer than all else, and goes by the row.
    const rows = this.connection
      .statement(
        `SELECT slot, '[' || group_concat('[' || series || ',"' || type || '",' || summary || ']') || ']' AS rows
         FROM ${tableOf(level)} WHERE metric = ? AND slot >= ? AND slot < ? GROUP BY slot`,
      )
      .iterate(metric, first, beyond) as IterableIterator<{ slot: number; rows: string }>;
    for (const { slot, rows: text } of rows) {
      const series = parseStored<[number, SummaryType, number | Histogram | TimedValue[]][]>(text);
      yield { slot, rows: series.map(rolledSeries) };
    }
  }

  deleteSeries(metric: string, series: number): void {
    this.cache.clear();
    this.#entries.clear();
    for (const level of ROLL_UP_LEVELS) {
      this.connection.statement(`DELETE FROM ${tableOf(level)} WHERE metric = ? AND series = ?`).run(metric, series);
    }
  }

  /** Removes the slots before the time since when each level is kept. */
  dropOld(): void {
    this.cache.clear();
    this.#entries.clear();
    for (const { level, sinceUs } of this.horizons.levels("points")) {
      const table = tableOf(level);
      // By metric, because that is how the rows lie.
      this.connection
        .statement(`DELETE FROM ${table} WHERE metric IN (SELECT DISTINCT metric FROM series) AND slot < ?`)
        .run(sinceUs / level.slotUs);
    }
  }

  /** The day of the first slot; undefined without any. */
  oldestDay(): number | undefined {
    return (this.connection.scalar("SELECT min(slot) FROM roll_ups_1d") as number | null) ?? undefined;
  }

  #entry(level: RollUpLevel, metric: string, slot: number, series: number, type: SummaryType): Entry {
    const key = `${level.name} ${slot} ${series} ${type}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const stored = this.connection
        .statement(`SELECT summary FROM ${tableOf(level)} WHERE metric = ? AND slot = ? AND series = ? AND type = ?`)
        .get(metric, slot, series, type) as { summary: string } | undefined;
      const summary = stored === undefined ? undefined : summaryOf(type, stored.summary);
      entry = { level, metric, slot, series, type, summary };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #change(entry: Entry, summary: Summary | undefined): void {
    entry.summary = summary;
    this.#changed.add(entry);
  }
}

function rolledSeries([series, type, summary]: [number, SummaryType, number | Histogram | TimedValue[]]): RolledSeries {
  return isGrowth(type)
    ? { series, growth: summary as number | Histogram }
    : { series, points: summary as TimedValue[] };
}

/** Growth, not points. */
const isGrowth = (type: SummaryType): boolean => type !== "points" && type !== "top";

const summaryOf = (type: SummaryType, json: string): Summary =>
  isGrowth(type) ? new GrowthSum(parseStored<number | Histogram>(json)) : parseStored<TimedValue[]>(json);

const plus = (sum: number, value: number | undefined): number => sum + (value ?? 0);
