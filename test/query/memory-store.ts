import type { Attributes, MetricPointRow, TelemetryBatch } from "../../src/receive/telemetry-batch.js";
import { mergeHistograms } from "../../src/store/histogram.js";
import { requestEndUs } from "../../src/store/request-end.js";
import { labelsOf } from "../../src/store/request-labels.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import { type RequestTotals, TotalsSum } from "../../src/store/request-totals.js";
import type {
  ActiveUsers,
  GrowthQuery,
  PointsQuery,
  RequestFilter,
  RequestTotalsQuery,
  SeriesGrowth,
  SeriesPoints,
  TelemetryStore,
  TimeWindow,
  ValueCount,
  ValueCountsQuery,
} from "../../src/store/telemetry-store.js";

/** The part of the store that questions need, in memory: delta points, gauges and whole request records. */
export class MemoryStore
  implements
    Pick<
      TelemetryStore,
      "growth" | "points" | "requests" | "requestTotals" | "activeUsers" | "valueCounts" | "requestsSince"
    >
{
  readonly rows: MetricPointRow[] = [];
  readonly records: RequestRecord[] = [];
  /** Every call, as `growth metric`. */
  readonly calls: string[] = [];

  ingest({ points }: Pick<TelemetryBatch, "points">): void {
    this.rows.push(...points);
  }

  async growth({ metric, windows, attributes: told }: GrowthQuery): Promise<SeriesGrowth[][]> {
    this.calls.push(`growth ${metric}`);
    return windows.map((window) => this.#growth(metric, window, told));
  }

  #growth(metric: string, window: TimeWindow, told: GrowthQuery["attributes"]): SeriesGrowth[] {
    const found = new Map<string, SeriesGrowth>();
    for (const { kind, value, ...row } of this.#inWindow(metric, window)) {
      const attributes = only(row.attributes, told?.point);
      const resource = only(row.resource, told?.resource);
      const key = JSON.stringify([attributes, resource]);
      const known = found.get(key);
      found.set(key, { attributes, resource, kind, growth: known === undefined ? value : add(known.growth, value) });
    }
    return [...found.values()];
  }

  async points({ metric, windows }: PointsQuery): Promise<SeriesPoints[][]> {
    this.calls.push(`points ${metric}`);
    return windows.map((window) => this.#points(metric, window));
  }

  #points(metric: string, window: TimeWindow): SeriesPoints[] {
    const found = new Map<string, SeriesPoints>();
    for (const { attributes, resource, kind, timeUs, value } of this.#inWindow(metric, window)) {
      const key = JSON.stringify([attributes, resource]);
      const known = found.get(key) ?? { attributes, resource, kind, points: [] };
      known.points.push({ timeUs, value: value as number });
      found.set(key, known);
    }
    return [...found.values()];
  }

  async requests(filter: RequestFilter): Promise<RequestRecord[]> {
    this.calls.push("requests");
    return this.#ended(filter);
  }

  async requestTotals({ windows, by, where, numbers }: RequestTotalsQuery): Promise<RequestTotals[][]> {
    this.calls.push("totals");
    return windows.map((ended) => {
      const sum = new TotalsSum(by, numbers);
      for (const record of this.#ended({ ended, ...where })) sum.addRecord(record);
      return sum.list();
    });
  }

  async activeUsers({ windows, by, where }: RequestTotalsQuery): Promise<ActiveUsers[][]> {
    this.calls.push("users");
    return windows.map((ended) => {
      const groups = new Map<string, { labels: ActiveUsers["labels"]; users: string[] }>();
      for (const record of this.#ended({ ended, ...where })) {
        if (record.user_id === undefined) continue;
        const labels = labelsOf(record, by);
        const group = groups.get(JSON.stringify(labels)) ?? { labels, users: [] };
        groups.set(JSON.stringify(labels), group);
        group.users.push(record.user_id);
      }
      return [...groups.values()].map(({ labels, users }) => ({
        labels,
        users: new Set(users).size,
        requests: users.length,
      }));
    });
  }

  async valueCounts({ field, by, where, ended, most }: ValueCountsQuery): Promise<ValueCount[] | undefined> {
    this.calls.push(`counts ${field}`);
    const records = this.#ended({ ended, ...where });
    if (records.length > most) return undefined;
    return records.flatMap((record) => {
      const value = record[field];
      return value === undefined ? [] : [{ labels: labelsOf(record, by), value, requests: 1 }];
    });
  }

  async requestsSince(): Promise<number> {
    return 0;
  }

  #ended({ ended, ...where }: RequestFilter): RequestRecord[] {
    return this.records.filter(
      (record) =>
        (ended === undefined || (ended.fromUs < requestEndUs(record) && requestEndUs(record) <= ended.toUs)) &&
        (where.service === undefined || record.service === where.service) &&
        (where.user === undefined || record.user_id === where.user) &&
        (where.tenant === undefined || record.tenant === where.tenant),
    );
  }

  #inWindow(metric: string, { fromUs, toUs }: TimeWindow): MetricPointRow[] {
    return this.rows.filter((row) => row.metric === metric && row.timeUs > fromUs && row.timeUs <= toUs);
  }
}

function only(attributes: Attributes, names: readonly string[] | undefined): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names?.includes(name) ?? true));
}

function add(a: SeriesGrowth["growth"], b: SeriesGrowth["growth"]): SeriesGrowth["growth"] {
  if (typeof a === "number" || typeof b === "number") return Number(a) + Number(b);
  return mergeHistograms(a, b);
}
