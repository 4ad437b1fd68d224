import type { Attributes, Histogram, PointKind } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import { GrowthSum } from "./growth-sum.js";
import { isGrowth, type MetricRollUps, type TimedValue } from "./metric-roll-ups.js";
import { cutWindows, piecesIn, readingPlan, type WindowPart } from "./reading-plan.js";
import type { RollUpHorizons } from "./roll-up-horizons.js";
import type { SeriesIdentity, SeriesTable } from "./series-table.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";
import type { GrowthQuery, PointsQuery, SeriesGrowth, SeriesPoints, TimeWindow } from "./telemetry-store.js";

const GROWING: readonly [PointKind, PointKind] = ["counter", "histogram"];
const STANDING: readonly [PointKind, PointKind] = ["gauge", "up_down_counter"];

/** What series that are told alike grew by, in growth of one type. */
interface Grown {
  told: Told;
  sum: GrowthSum;
}

/** By series and type of growth. */
type Growths = Map<number, Grown>;

/** A part of the windows that none of them cuts, and what series grew by in it. */
interface Interval extends TimeWindow {
  growths: Growths;
}

interface PointRow {
  series: number;
  time_us: number;
  /** Only where there is no histogram. */
  value: number;
  histogram: string | null;
}

/** Series that are told alike. */
interface Told extends SeriesIdentity {
  number: number;
}

/** Answers windows from metric points and their roll-ups, each row read once whatever the number of windows. */
export class PointReader {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly series: SeriesTable,
    private readonly rollUps: MetricRollUps,
    private readonly horizons: RollUpHorizons,
  ) {}

  /** For each window, the growth of each series of a counter or histogram. */
  growth({ metric, windows, attributes }: GrowthQuery): SeriesGrowth[][] {
    const intervals = cutWindows(windows).map((piece): Interval => ({ ...piece, growths: new Map() }));
    const told = this.#teller(attributes);
    const add = (interval: Interval, series: number, growth: number | Histogram): void => {
      const known = told(series);
      if (known !== undefined) addTo(interval.growths, known, growth);
    };
    for (const run of this.#runs(intervals)) {
      if (run.from === "rows") {
        for (const row of this.#rows(metric, GROWING, run)) {
          const growth = row.histogram === null ? row.value : parseStored<Histogram>(row.histogram);
          add(run.intervalAt(row.time_us), row.series, growth);
        }
      } else {
        for (const { slot, series, type, summary } of this.rollUps.rows(metric, run.from, run.fromUs, run.toUs)) {
          if (!isGrowth(type)) continue;
          add(run.intervalAt((slot + 1) * run.from.slotUs), series, parseStored<number | Histogram>(summary));
        }
      }
    }
    return windows.map((window) => {
      const inside = piecesIn(window, intervals);
      const sums: Growths = inside.length === 1 ? (inside[0] as Interval).growths : new Map();
      if (inside.length > 1) {
        for (const { growths } of inside) for (const { told, sum } of growths.values()) addTo(sums, told, sum.value);
      }
      return [...sums.values()].map(({ told: { kind, attributes, resource }, sum }) => {
        return { kind, attributes, resource, growth: sum.value };
      });
    });
  }

  /** For each series of a gauge or up-down counter, its points in the window and nothing from before it. */
  points({ metric, fromUs, toUs }: PointsQuery): SeriesPoints[] {
    const found = new Map<number, Map<number, number>>();
    const add = (series: number, [timeUs, value]: TimedValue): void => {
      const points = found.get(series) ?? new Map<number, number>();
      found.set(series, points.set(timeUs, value));
    };
    for (const run of this.#runs([{ fromUs, toUs, growths: new Map() }])) {
      if (run.from === "rows") {
        for (const { series, time_us, value } of this.#rows(metric, STANDING, run)) add(series, [time_us, value]);
      } else {
        for (const { series, type, summary } of this.rollUps.rows(metric, run.from, run.fromUs, run.toUs)) {
          if (isGrowth(type)) continue;
          const points = parseStored<TimedValue[]>(summary);
          for (const point of points) if (point[0] > fromUs && point[0] <= toUs) add(series, point);
        }
      }
    }
    return [...found].flatMap(([id, values]) => {
      const identity = this.series.identity(id);
      if (identity === undefined) return [];
      const points = [...values].sort(([a], [b]) => a - b).map(([timeUs, value]) => ({ timeUs, value }));
      return [{ ...identity, points }];
    });
  }

  /** Parts of the intervals that are side by side and read from the same place, together. */
  #runs(intervals: readonly Interval[]): Run[] {
    const kept = { rows: this.horizons.rowsSince(), levels: this.horizons.levels("points") };
    const runs: Run[] = [];
    for (const interval of intervals) {
      for (const part of readingPlan(interval, kept)) {
        const last = runs.at(-1);
        if (last?.from === part.from && last.toUs === part.fromUs) last.append(part, interval);
        else runs.push(new Run(part, interval));
      }
    }
    return runs;
  }

  /** Rows with fromUs < time <= toUs, by day, series and time. */
  *#rows(metric: string, kinds: readonly [PointKind, PointKind], { fromUs, toUs }: TimeWindow): Generator<PointRow> {
    for (const day of this.days.between(fromUs, toUs)) {
      const select = this.connection.statement(
        `SELECT series, time_us, value, histogram FROM ${tableOf("points", day)}
         WHERE series = ? AND time_us > ? AND time_us <= ? ORDER BY time_us`,
      );
      for (const id of this.series.since(metric, kinds, day)) yield* select.all(id, fromUs, toUs) as PointRow[];
    }
  }

  /** Gives for a series what is to be told of it, the same object for all that are told alike. */
  #teller(attributes: GrowthQuery["attributes"]): (series: number) => Told | undefined {
    const bySeries = new Map<number, Told | undefined>();
    const byText = new Map<string, Told>();
    const tell = (series: number): Told | undefined => {
      const identity = this.series.identity(series);
      if (identity === undefined) return undefined;
      if (attributes === undefined) return { ...identity, number: bySeries.size };
      const told = {
        kind: identity.kind,
        attributes: only(identity.attributes, attributes.point),
        resource: only(identity.resource, attributes.resource),
        number: byText.size,
      };
      const text = JSON.stringify([told.kind, told.attributes, told.resource]);
      const known = byText.get(text) ?? told;
      byText.set(text, known);
      return known;
    };
    return (series) => {
      if (!bySeries.has(series)) bySeries.set(series, tell(series));
      return bySeries.get(series);
    };
  }
}

/** Parts side by side that are read from the same place. */
class Run implements WindowPart {
  readonly from: WindowPart["from"];
  readonly fromUs: number;
  toUs: number;
  readonly #parts: { toUs: number; interval: Interval }[] = [];
  /** Rows come mostly in the order of time: the next one is in the same part as the last, or after it. */
  #at = 0;

  constructor(part: WindowPart, interval: Interval) {
    this.from = part.from;
    this.fromUs = part.fromUs;
    this.toUs = part.fromUs;
    this.append(part, interval);
  }

  append({ toUs }: WindowPart, interval: Interval): void {
    this.toUs = toUs;
    this.#parts.push({ toUs, interval });
  }

  /** The interval of a time in the run. */
  intervalAt(timeUs: number): Interval {
    const isBefore = (i: number): boolean => (this.#parts[i]?.toUs ?? Number.NEGATIVE_INFINITY) < timeUs;
    if (!isBefore(this.#at - 1)) this.#at = 0;
    while (isBefore(this.#at)) this.#at += 1;
    return (this.#parts[this.#at] as { interval: Interval }).interval;
  }
}

function addTo(growths: Growths, told: Told, growth: number | Histogram): void {
  // A series whose histograms change their type has a growth of each.
  const type = typeof growth === "number" ? 0 : growth.type === "exponential" ? 1 : 2;
  const key = told.number * 3 + type;
  const known = growths.get(key);
  if (known === undefined) growths.set(key, { told, sum: new GrowthSum(growth) });
  else known.sum.add(growth);
}

function only(attributes: Attributes, names: readonly string[]): Attributes {
  const some: Attributes = Object.create(null);
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined) some[name] = value;
  }
  return some;
}
