import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { currentlyActive, highestActive } from "../../src/query/concurrency.js";
import type { ExponentialHistogram, Histogram, MetricPointRow } from "../../src/receive/telemetry-batch.js";
import { mergeHistograms } from "../../src/store/histogram.js";
import { readingPlan } from "../../src/store/reading-plan.js";
import { ROLL_UP_LEVELS } from "../../src/store/roll-up-level.js";
import { SqliteConnection } from "../../src/store/sqlite-connection.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import type { GrowthQuery, SeriesGrowth, SeriesPoints, TimeWindow } from "../../src/store/telemetry-store.js";
import { batch, DAY_MS, NOON_MS, NOON_US, point, RESOURCE, SECOND_US } from "./rows.js";

const RETENTION = { days: 14, rollUpDays: 400, maxBytes: 1_000_000_000 };
const MINUTE_US = 60 * SECOND_US;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
/** Two and a half days before noon, at midnight. */
const START_US = NOON_US - 2.5 * DAY_US;

let dataDir: string;
let database: TelemetryDatabase;
const open = (retention = RETENTION, nowMs = NOON_MS): void => {
  database = new TelemetryDatabase({ dataDir, retention }, nowMs);
};
const reopen = (retention = RETENTION, nowMs = NOON_MS): void => {
  database.close();
  open(retention, nowMs);
};
const empty = (): void => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
  open();
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-roll-ups-"));
  open();
});
afterEach(() => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Times from START_US on, many of them at and beside the edges of slots. */
const timeUs = (days: number): fc.Arbitrary<number> =>
  fc
    .tuple(
      fc.constantFrom(1, MINUTE_US, 5 * MINUTE_US, HOUR_US, DAY_US),
      // Not doubles, of which most would be next to nothing.
      fc.integer({ min: 0, max: days * 86_400 }),
      fc.constantFrom(-1, 0, 0, 1, 137),
    )
    .map(([unit, at, beside]) => START_US + Math.max(1, Math.round((at * SECOND_US) / unit) * unit + beside));

const windowsOver = (days: number): fc.Arbitrary<TimeWindow[]> =>
  fc.array(
    fc
      .tuple(timeUs(days), timeUs(days))
      .map(([a, b]) => ({ fromUs: Math.min(a, b), toUs: Math.max(a, b) + Number(a === b) })),
    { minLength: 1, maxLength: 6 },
  );

const side = fc.record({ offset: fc.integer({ min: -30, max: 30 }), counts: fc.array(fc.nat(5), { maxLength: 6 }) });

const histogram: fc.Arbitrary<ExponentialHistogram> = fc
  .record({ scale: fc.integer({ min: 0, max: 3 }), zeroCount: fc.nat(2), positive: side, sum: fc.nat(100) })
  .map(({ scale, zeroCount, positive, sum }) => ({
    ...{ type: "exponential", sum, min: undefined, max: undefined, scale, zeroCount, zeroThreshold: 0, positive },
    ...{ negative: { offset: 0, counts: [] }, count: positive.counts.reduce((all, each) => all + each, zeroCount) },
  }));

const deltas = (days: number): fc.Arbitrary<MetricPointRow[]> =>
  fc.array(
    fc
      .record({
        at: timeUs(days),
        value: fc.oneof(fc.nat(1_000), histogram),
        instance: fc.constantFrom("i-1", "i-2"),
        model: fc.constantFrom("gpt-4o", "qwen-max"),
      })
      .map(({ at, value, instance, model }) =>
        point({
          ...{ temporality: "delta", timeUs: at, startTimeUs: at - 1, value, attributes: { model } },
          ...{ kind: typeof value === "number" ? "counter" : "histogram" },
          resource: { ...RESOURCE, "service.instance.id": instance },
        }),
      ),
    { maxLength: 40 },
  );

/** The points of a series at one time once. */
function distinct(points: readonly MetricPointRow[]): MetricPointRow[] {
  return [...new Map(points.toReversed().map((row) => [keyOf(row) + row.timeUs, row])).values()];
}

const keyOf = ({ kind, attributes, resource }: Pick<MetricPointRow, "kind" | "attributes" | "resource">): string =>
  JSON.stringify([kind, attributes.model, resource["service.instance.id"]]);

type Figures = Record<string, unknown>;

/** What series grew by, in a form that does not know how buckets were added up. */
function figures(growths: Iterable<[string, number | Histogram]>): Figures {
  const comparable = (growth: number | Histogram): unknown => {
    if (typeof growth === "number" || growth.type === "explicit") return growth;
    const { count, sum, scale, zeroCount, positive } = growth;
    const buckets = positive.counts.flatMap((events, i) => (events === 0 ? [] : [[positive.offset + i, events]]));
    return { count, sum, scale, zeroCount, buckets };
  };
  return Object.fromEntries([...growths].map(([key, growth]) => [key, comparable(growth)]));
}

function fromRows(
  points: readonly MetricPointRow[],
  { fromUs, toUs }: TimeWindow,
  key: (row: MetricPointRow) => string = keyOf,
): Figures {
  const sums = new Map<string, number | Histogram>();
  for (const row of points) {
    if (row.timeUs <= fromUs || row.timeUs > toUs) continue;
    const known = sums.get(key(row));
    sums.set(key(row), known === undefined ? row.value : add(known, row.value));
  }
  return figures(sums);
}

const add = (a: number | Histogram, b: number | Histogram): number | Histogram =>
  typeof a === "number" || typeof b === "number" ? (a as number) + (b as number) : mergeHistograms(a, b);

const stored = (windows: readonly TimeWindow[], attributes?: GrowthQuery["attributes"]): Figures[] =>
  database
    .growth({ metric: "chainwatch.llm.tokens", windows, ...(attributes && { attributes }) }, NOON_MS)
    .map((series) => figures(series.map((each: SeriesGrowth) => [keyOf(each), each.growth])));

function ingest(points: readonly MetricPointRow[], size: number, nowMs = NOON_MS): void {
  for (let i = 0; i < points.length; i += size) {
    database.ingest(batch({ points: points.slice(i, i + size) }), nowMs);
    if (i % 3 === 0) reopen(RETENTION, nowMs);
  }
}

describe("growth with roll-ups", () => {
  it("is that of the points themselves, in any windows, batches and order, over restarts", () => {
    fc.assert(
      fc.property(deltas(2.5), windowsOver(2.5), fc.integer({ min: 1, max: 9 }), (points, windows, size) => {
        empty();
        ingest(points, size);
        // Sent again, it is known.
        ingest(points.slice(0, 5), size);
        const known = distinct(points);
        expect(stored(windows)).toEqual(windows.map((window) => fromRows(known, window)));
      }),
      { numRuns: 25 },
    );
  });

  it("asked again after each batch, also late ones, is that of the points so far", () => {
    const byModel = (row: MetricPointRow): string => JSON.stringify([row.kind, row.attributes.model, null]);
    const told = { resource: [], point: ["model"] };
    fc.assert(
      fc.property(deltas(2.5), windowsOver(2.5), fc.integer({ min: 1, max: 9 }), (points, windows, size) => {
        empty();
        for (let sent = size; sent < points.length + size; sent += size) {
          database.ingest(batch({ points: points.slice(sent - size, sent) }), NOON_MS);
          const known = distinct(points.slice(0, sent));
          expect(stored(windows)).toEqual(windows.map((window) => fromRows(known, window)));
          expect(stored(windows, told)).toEqual(windows.map((window) => fromRows(known, window, byModel)));
        }
      }),
      { numRuns: 25 },
    );
  });

  it("of whole hours is the same when the points are gone, and of whole days when the hours are gone too", () => {
    const whole = (unitUs: number, windows: TimeWindow[]): TimeWindow[] =>
      windows.map(({ fromUs, toUs }) => ({
        fromUs: Math.floor(fromUs / unitUs) * unitUs,
        toUs: Math.ceil(toUs / unitUs) * unitUs,
      }));
    fc.assert(
      fc.property(deltas(2.5), windowsOver(2.5), fc.integer({ min: 1, max: 9 }), (points, windows, size) => {
        empty();
        ingest(points, size);
        const known = distinct(points);
        const [hours, days] = [whole(HOUR_US, windows), whole(DAY_US, windows)];
        database.retain(NOON_MS + 15 * DAY_MS);
        expect(database.status(NOON_MS).points).toBe(0);
        expect(stored(hours)).toEqual(hours.map((window) => fromRows(known, window)));
        database.retain(NOON_MS + 120 * DAY_MS);
        expect(stored(days)).toEqual(days.map((window) => fromRows(known, window)));
      }),
      { numRuns: 25 },
    );
  });

  it("counts each hour in one of the windows that lie side by side, where the points are gone", () => {
    fc.assert(
      fc.property(deltas(2.5), fc.array(timeUs(2.5), { minLength: 1, maxLength: 6 }), (points, edges) => {
        empty();
        ingest(points, 50);
        database.retain(NOON_MS + 15 * DAY_MS);
        const [first, last] = [START_US, START_US + 3 * DAY_US + HOUR_US];
        const cuts = [...new Set([first, ...edges, last])].sort((a, b) => a - b);
        const windows = cuts.slice(1).map((toUs, i) => ({ fromUs: cuts[i] as number, toUs }));
        const counted = database
          .growth({ metric: "chainwatch.llm.tokens", windows }, NOON_MS)
          .flat()
          .flatMap(({ growth }) => (typeof growth === "number" ? growth : growth.count));
        const sent = distinct(points).map(({ value }) => (typeof value === "number" ? value : value.count));
        const sum = (all: number[]): number => all.reduce((total, each) => total + each, 0);
        expect(sum(counted)).toBe(sum(sent));
      }),
      { numRuns: 25 },
    );
  });

  it("takes in what comes late, for a day whose points are dropped too", () => {
    const day = { fromUs: START_US, toUs: START_US + DAY_US };
    const at = (hour: number, value: number) =>
      point({ temporality: "delta", startTimeUs: 1, timeUs: START_US + hour * HOUR_US, value });
    database.ingest(batch({ points: [at(3, 5)] }), NOON_MS);
    const later = NOON_MS + 15 * DAY_MS;
    database.retain(later);
    database.ingest(batch({ points: [at(4, 7), at(3.5, 2)] }), later);
    const value = (window: TimeWindow): unknown => Object.values(stored([window])[0] ?? {});
    expect(value(day)).toEqual([14]);
    expect(value({ fromUs: START_US + 3 * HOUR_US, toUs: START_US + 4 * HOUR_US })).toEqual([9]);
  });

  it("adds up the series that are told alike", () => {
    fc.assert(
      fc.property(deltas(2.5), windowsOver(2.5), (points, windows) => {
        empty();
        ingest(points, 50);
        const answer = database.growth(
          { metric: "chainwatch.llm.tokens", windows, attributes: { resource: ["service.name"], point: ["model"] } },
          NOON_MS,
        );
        const told = { "service.name": "bot" };
        for (const { resource } of answer.flat()) expect({ ...resource }).toEqual(told);
        const known = distinct(points);
        const key: typeof keyOf = ({ kind, attributes }) => keyOf({ kind, attributes, resource: told });
        expect(answer.map((series) => figures(series.map((each) => [keyOf(each), each.growth])))).toEqual(
          windows.map((window) => fromRows(known, window, key)),
        );
      }),
      { numRuns: 25 },
    );
  });

  it("of a batch that was undone is as before it", () => {
    const sent = point({ temporality: "delta", value: 5 });
    const bad = { ...point({ timeUs: NOON_US + 1, temporality: "delta" }), attributes: null as never };
    database.ingest(batch({ points: [sent] }), NOON_MS);
    expect(() =>
      database.ingest(batch({ points: [{ ...sent, timeUs: NOON_US + SECOND_US }, bad] }), NOON_MS),
    ).toThrow();
    const today = { fromUs: START_US + 2 * DAY_US, toUs: START_US + 3 * DAY_US };
    expect(Object.values(stored([today])[0] ?? {})).toEqual([5]);
    database.ingest(batch({ points: [{ ...sent, timeUs: NOON_US + SECOND_US }] }), NOON_MS);
    expect(Object.values(stored([today])[0] ?? {})).toEqual([10]);
  });

  it("goes, the oldest first, when it is all that makes the file too large", () => {
    const day = (daysAgo: number): MetricPointRow[] =>
      Array.from({ length: 300 }, (_, i) =>
        point({
          ...{ temporality: "delta", timeUs: NOON_US - daysAgo * DAY_US, startTimeUs: 1, value: daysAgo + 1 },
          attributes: { model: `model-${i}-${"x".repeat(50)}` },
        }),
      );
    for (let daysAgo = 40; daysAgo >= 0; daysAgo -= 1) {
      database.ingest(batch({ points: day(daysAgo) }), NOON_MS - daysAgo * DAY_MS);
    }
    reopen({ ...RETENTION, days: 1 });
    const before = database.status(NOON_MS).sizeBytes;
    reopen({ days: 1, rollUpDays: 400, maxBytes: before / 2 });
    expect(database.status(NOON_MS).sizeBytes).toBeLessThan(0.6 * before);
    const daysKept = database
      .growth(
        {
          metric: "chainwatch.llm.tokens",
          windows: Array.from({ length: 41 }, (_, i) => ({
            fromUs: START_US + (2 - i) * DAY_US,
            toUs: START_US + (3 - i) * DAY_US,
          })),
          attributes: { resource: [], point: [] },
        },
        NOON_MS,
      )
      .map(([all]) => all?.growth);
    const kept = daysKept.filter((growth) => growth !== undefined).length;
    expect(kept).toBeGreaterThan(3);
    expect(kept).toBeLessThan(35);
    expect(daysKept.slice(0, kept)).toEqual(Array.from({ length: kept }, (_, i) => 300 * (i + 1)));
  });

  it("of a file from before there were roll-ups is that of its points", () => {
    const sent = [1, 9, 33, 50].map((hour) =>
      point({ temporality: "delta", startTimeUs: 1, timeUs: START_US + hour * HOUR_US, value: hour }),
    );
    database.ingest(batch({ points: sent }), NOON_MS);
    database.close();
    const file = new SqliteConnection(join(dataDir, "telemetry.db"));
    for (const { name } of ROLL_UP_LEVELS) file.exec(`DROP TABLE roll_ups_${name}`);
    file.exec("DROP TABLE kept_since");
    file.close();
    open();
    const tomorrow = point({ temporality: "delta", startTimeUs: 1, timeUs: NOON_US + DAY_US, value: 100 });
    database.ingest(batch({ points: [{ ...tomorrow, timeUs: NOON_US }] }), NOON_MS);
    database.ingest(batch({ points: [tomorrow] }), NOON_MS + DAY_MS);
    const ever = { fromUs: START_US, toUs: START_US + 4 * DAY_US };
    expect(Object.values(stored([ever])[0] ?? {})).toEqual([1 + 9 + 33 + 50 + 200]);
  });

  it("of a file from before there were slots of a length is that of its other slots and points", () => {
    const sent = Array.from({ length: 50 }, (_, hour) =>
      point({ temporality: "delta", startTimeUs: 1, timeUs: START_US + hour * HOUR_US + 20 * MINUTE_US, value: 1 }),
    );
    database.ingest(batch({ points: sent }), NOON_MS);
    database.close();
    const file = new SqliteConnection(join(dataDir, "telemetry.db"));
    file.exec("DROP TABLE roll_ups_15m");
    file.exec("DELETE FROM kept_since WHERE name = 'points 15m'");
    file.close();
    open();
    const later = point({ temporality: "delta", startTimeUs: 1, timeUs: NOON_US + DAY_US, value: 100 });
    database.ingest(batch({ points: [{ ...later, timeUs: NOON_US }] }), NOON_MS);
    database.ingest(batch({ points: [later] }), NOON_MS + DAY_MS);
    const windows = [1, 17, 60, 1_440].map((minutes) => ({
      fromUs: NOON_US + DAY_US - minutes * MINUTE_US,
      toUs: NOON_US + DAY_US,
    }));
    const ever = { fromUs: START_US, toUs: NOON_US + DAY_US };
    expect(stored([...windows, ever]).map((figures) => Object.values(figures))).toEqual([
      ...windows.slice(0, 3).map(() => [100]),
      // From noon on, which itself is before the window.
      [100],
      [50 + 200],
    ]);
  });
});

describe("points with roll-ups", () => {
  const METRIC = "chainwatch.request.active_peak";
  /** Close together, before the ends of hours: that is where the last points of an hour say what is present. */
  const collections = fc.array(
    fc.record({
      at: fc
        .tuple(fc.nat(3), fc.nat(200))
        .map(([hour, second]) => START_US + (hour + 1) * HOUR_US - second * SECOND_US),
      instance: fc.constantFrom("i-1", "i-2"),
      values: fc.dictionary(fc.constantFrom("chat", "rag", "tool"), fc.nat(20)),
    }),
    { maxLength: 60 },
  );
  const rowsOf = (all: { at: number; instance: string; values: Record<string, number> }[]): MetricPointRow[] =>
    all.flatMap(({ at, instance, values }) =>
      Object.entries(values).map(([type, value]) =>
        point({
          ...{ metric: METRIC, kind: "gauge", temporality: "none", timeUs: at, startTimeUs: 0, value },
          ...{ attributes: { type }, resource: { ...RESOURCE, "service.instance.id": instance } },
        }),
      ),
    );
  const kept = (rows: readonly MetricPointRow[]): MetricPointRow[] => [
    ...new Map(
      rows
        .toReversed()
        .map((row) => [JSON.stringify([row.attributes.type, row.resource["service.instance.id"], row.timeUs]), row]),
    ).values(),
  ];
  const seriesOf = (rows: readonly MetricPointRow[], { fromUs, toUs }: TimeWindow) => {
    const series = new Map<string, { attributes: object; resource: object; points: object[] }>();
    for (const { attributes, resource, timeUs, value } of [...rows].sort((a, b) => a.timeUs - b.timeUs)) {
      if (timeUs <= fromUs || timeUs > toUs) continue;
      const key = JSON.stringify([attributes, resource]);
      const known = series.get(key) ?? { attributes, resource, points: [] };
      series.set(key, known);
      known.points.push({ timeUs, value });
    }
    return [...series.values()] as SeriesPoints[];
  };
  const ofType = (series: readonly SeriesPoints[], type: string) =>
    series.filter(({ attributes }) => attributes.type === type);

  it("tell the same peaks and the same present as all points, in one batch or one by one", () => {
    fc.assert(
      fc.property(collections, windowsOver(0.2), fc.integer({ min: 1, max: 9 }), (all, windows, size) => {
        empty();
        const rows = rowsOf(all);
        ingest(rows, size);
        const answers = database.points({ metric: METRIC, windows }, NOON_MS);
        expect(answers.length).toBe(windows.length);
        for (const [i, window] of windows.entries()) {
          const [found, expected] = [answers[i] ?? [], seriesOf(kept(rows), window)];
          expect(highestActive(found)).toBe(highestActive(expected));
          expect(highestActive(ofType(found, "rag"))).toBe(highestActive(ofType(expected, "rag")));
          expect(currentlyActive(found, window.toUs)).toBe(currentlyActive(expected, window.toUs));
        }
      }),
      { numRuns: 25 },
    );
  });

  it("tell the same of whole hours when the points are gone", () => {
    fc.assert(
      fc.property(collections, fc.nat(2), fc.integer({ min: 1, max: 4 }), (all, from, hours) => {
        empty();
        const rows = rowsOf(all);
        ingest(rows, 4);
        database.retain(NOON_MS + 15 * DAY_MS);
        const window = { fromUs: START_US + from * HOUR_US, toUs: START_US + (from + hours) * HOUR_US };
        const [found = []] = database.points({ metric: METRIC, windows: [window] }, NOON_MS);
        const expected = seriesOf(kept(rows), window);
        expect(highestActive(found)).toBe(highestActive(expected));
        expect(currentlyActive(found, window.toUs)).toBe(currentlyActive(expected, window.toUs));
      }),
      { numRuns: 40 },
    );
  });
});

describe("a reading plan", () => {
  const levels = ROLL_UP_LEVELS.map((level) => ({ level, sinceUs: START_US }));

  it("covers a window once, without a gap, whatever is kept", () => {
    fc.assert(
      fc.property(windowsOver(2.5), fc.nat(5), (windows, count) => {
        for (const { fromUs, toUs } of windows) {
          const parts = readingPlan({ fromUs, toUs }, { rows: 0, levels: levels.slice(0, count) });
          expect(parts[0]?.fromUs).toBe(fromUs);
          expect(parts.at(-1)?.toUs).toBe(toUs);
          for (const [i, part] of parts.slice(1).entries()) expect(part.fromUs).toBe(parts[i]?.toUs);
        }
      }),
    );
  });

  it("reads a window of weeks from few rows", () => {
    const window = { fromUs: START_US + 1, toUs: START_US + 30 * DAY_US + 1 };
    const parts = readingPlan(window, { rows: 0, levels });
    expect(parts.map(({ from, fromUs, toUs }) => [from === "rows" ? from : from.name, toUs - fromUs])).toEqual([
      ["rows", MINUTE_US - 1],
      ["1m", 4 * MINUTE_US],
      ["5m", 10 * MINUTE_US],
      ["15m", 45 * MINUTE_US],
      ["1h", 5 * HOUR_US],
      ["6h", 18 * HOUR_US],
      // Weeks begin on Thursdays, as the Unix time did.
      ["1d", 3 * DAY_US],
      ["7d", 21 * DAY_US],
      ["1d", 5 * DAY_US],
      ["rows", 1],
    ]);
  });
});
