import type { Attributes, Histogram, PointKind } from "../receive/telemetry-batch.js";
import { type DayTables, tableOf } from "./day-tables.js";
import { Growths, type Told } from "./growths.js";
import type { MetricRollUps } from "./metric-roll-ups.js";
import { cutWindows, piecesIn, readingPlan, type WindowPart } from "./reading-plan.js";
import type { RollUpHorizons } from "./roll-up-horizons.js";
import type { RollUpLevel } from "./roll-up-level.js";
import type { SeriesTable } from "./series-table.js";
import type { GrownSlot, SlotCache } from "./slot-cache.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { parseStored } from "./stored-json.js";
import type { GrowthQuery, PointsQuery, SeriesGrowth, SeriesPoints, TimeWindow } from "./telemetry-store.js";

const GROWING: readonly [PointKind, PointKind] = ["counter", "histogram"];
const STANDING: readonly [PointKind, PointKind] = ["gauge", "up_down_counter"];

/** A part of the windows that none of them cuts, and what series grew by in it. */
interface Interval extends TimeWindow {
  growths: Growths;
}

/** A part of the windows that none of them cuts, and the points that were found for it. */
interface Standing extends TimeWindow {
  points: [series: number, timeUs: number, value: number][];
}

interface PointRow {
  series: number;
  time_us: number;
  /** Only where there is no histogram. */
  value: number;
  histogram: string | null;
}

/** Answers windows from metric points and their roll-ups, each row read once whatever the number of windows. */
export class PointReader {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly days: DayTables,
    private readonly series: SeriesTable,
    private readonly rollUps: MetricRollUps,
    private readonly horizons: RollUpHorizons,
    private readonly cache: SlotCache,
  ) {}

  /** For each window, the growth of each series of a counter or histogram. */
  growth({ metric, windows, attributes }: GrowthQuery): SeriesGrowth[][] {
    const intervals = cutWindows(windows).map((piece): Interval => ({ ...piece, growths: new Growths() }));
    const tell = this.#teller(attributes);
    for (const run of this.#runs(intervals)) {
      if (run.from === "rows") {
        for (const row of this.#rows(metric, GROWING, run)) {
          const growth = row.histogram === null ? row.value : parseStored<Histogram>(row.histogram);
          const told = tell(row.series);
          if (told !== undefined) run.intervalAt(row.time_us).growths.add(told, growth);
        }
      } else {
        const { slotUs } = run.from;
        for (const { slot, growths } of this.#slots(metric, run, run.from, JSON.stringify(attributes ?? "all"), tell)) {
          run.intervalAt((slot + 1) * slotUs).growths.addAll(growths);
        }
      }
    }
    return windows.map((window) => {
      const [first, ...others] = piecesIn(window, intervals);
      if (first === undefined || others.length === 0) return first?.growths.list() ?? [];
      const sums = new Growths();
      for (const { growths } of [first, ...others]) sums.addAll(growths);
      return sums.list();
    });
  }

  /** For each window, each series of a gauge or up-down counter with its points in it, and nothing from before it. */
  points({ metric, windows }: PointsQuery): SeriesPoints[][] {
    const intervals = cutWindows(windows).map((piece): Standing => ({ ...piece, points: [] }));
    for (const run of this.#runs(intervals)) {
      if (run.from === "rows") {
        for (const { series, time_us, value } of this.#rows(metric, STANDING, run)) {
          run.intervalAt(time_us).points.push([series, time_us, value]);
        }
      } else {
        const { slotUs } = run.from;
        for (const { slot, rows } of this.rollUps.slots(metric, run.from, run.fromUs / slotUs, run.toUs / slotUs)) {
          const { points } = run.intervalAt((slot + 1) * slotUs);
          for (const row of rows)
            for (const [timeUs, value] of row.points ?? []) points.push([row.series, timeUs, value]);
        }
      }
    }
    return windows.map((window) => this.#series(window, piecesIn(window, intervals)));
  }

  /** A slot that was read for a window may have begun before it. */
  #series({ fromUs, toUs }: TimeWindow, intervals: readonly Standing[]): SeriesPoints[] {
    const found = new Map<number, Map<number, number>>();
    for (const { points } of intervals) {
      for (const [series, timeUs, value] of points) {
        if (timeUs <= fromUs || timeUs > toUs) continue;
        const known = found.get(series) ?? new Map<number, number>();
        found.set(series, known.set(timeUs, value));
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
  #runs<I extends TimeWindow>(intervals: readonly I[]): Run<I>[] {
    const kept = { rows: this.horizons.rowsSince(), levels: this.horizons.levels("points") };
    const runs: Run<I>[] = [];
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
        `SELECT series, time_us, points.value, histogram FROM json_each(?) AS living
         CROSS JOIN ${tableOf("points", day)} AS points ON series = living.value AND time_us > ? AND time_us <= ?`,
      );
      const living = JSON.stringify(this.series.since(metric, kinds, day));
      yield* select.all(living, fromUs, toUs) as unknown as PointRow[];
    }
  }

  /** The slots from the one that begins at a time to the one that ends at another. Those that are not known are read. */
  #slots(
    metric: string,
    { fromUs, toUs }: TimeWindow,
    level: RollUpLevel,
    attributes: string,
    tell: Teller,
  ): GrownSlot[] {
    const slots: GrownSlot[] = [];
    // Side by side, so that they are read in one go.
    let unknown: GrownSlot[] = [];
    const read = (): void => {
      const [first] = unknown;
      if (first === undefined) return;
      for (const { slot, rows } of this.rollUps.slots(metric, level, first.slot, first.slot + unknown.length)) {
        for (const { series, growth } of rows) {
          if (growth === undefined) continue;
          const told = tell(series);
          if (told !== undefined) unknown[slot - first.slot]?.growths.add(told, growth);
        }
      }
      this.cache.add(metric, level, attributes, unknown);
      unknown = [];
    };
    for (let slot = fromUs / level.slotUs; slot < toUs / level.slotUs; slot += 1) {
      const known = this.cache.get({ level, metric, slot }, attributes);
      const grown = { slot, growths: known ?? new Growths() };
      slots.push(grown);
      if (known === undefined) unknown.push(grown);
      else read();
    }
    read();
    return slots;
  }

  /** Gives for a series what is to be told of it, the same object for all that are told alike. */
  #teller(attributes: GrowthQuery["attributes"]): Teller {
    const bySeries = new Map<number, Told | undefined>();
    const byText = new Map<string, Told>();
    const tell = (series: number): Told | undefined => {
      const identity = this.series.identity(series);
      if (identity === undefined) return undefined;
      if (attributes === undefined) return { ...identity, text: String(series) };
      const told = {
        kind: identity.kind,
        attributes: only(identity.attributes, attributes.point),
        resource: only(identity.resource, attributes.resource),
      };
      const text = JSON.stringify(told);
      const known = byText.get(text) ?? { ...told, text };
      byText.set(text, known);
      return known;
    };
    return (series) => {
      if (!bySeries.has(series)) bySeries.set(series, tell(series));
      return bySeries.get(series);
    };
  }
}

/** Undefined for a series that is not kept any more. */
type Teller = (series: number) => Told | undefined;

/** Parts side by side that are read from the same place. */
class Run<I> implements WindowPart {
  readonly from: WindowPart["from"];
  readonly fromUs: number;
  toUs: number;
  readonly #parts: { toUs: number; interval: I }[] = [];
  /** Rows come mostly in the order of time: the next one is in the same part as the last, or after it. */
  #at = 0;

  constructor(part: WindowPart, interval: I) {
    this.from = part.from;
    this.fromUs = part.fromUs;
    this.toUs = part.fromUs;
    this.append(part, interval);
  }

  append({ toUs }: WindowPart, interval: I): void {
    this.toUs = toUs;
    this.#parts.push({ toUs, interval });
  }

  /** The interval of a time in the run. */
  intervalAt(timeUs: number): I {
    const isBefore = (i: number): boolean => (this.#parts[i]?.toUs ?? Number.NEGATIVE_INFINITY) < timeUs;
    if (!isBefore(this.#at - 1)) this.#at = 0;
    while (isBefore(this.#at)) this.#at += 1;
    return (this.#parts[this.#at] as { interval: I }).interval;
  }
}

function only(attributes: Attributes, names: readonly string[]): Attributes {
  const some: Attributes = Object.create(null);
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined) some[name] = value;
  }
  return some;
}
