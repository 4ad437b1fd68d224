import { DIMENSIONS, type Dimension } from "../../indicators/dimension.js";
import { attributePlaces } from "../../indicators/metric-attribute.js";
import type { MetricQuestion, MetricSelection } from "../../indicators/metric-question.js";
import { clockSlots, slotLengthS } from "../clock-slots.js";
import { isHistogram, metricName } from "./metric-naming.js";
import type { HistogramSeries, PromQlDialect } from "./promql-dialect.js";
import {
  attributeMatcher,
  type DimensionMatcher,
  dimensionLabel,
  dimensionMatchers,
  labelText,
  selector,
} from "./promql-selector.js";

/** An indicator question in PromQL. Both queries answer with one sample for each combination of split values. */
export interface PromQlQueries {
  /** The figure in the indicator's unit; NaN is no data. A percentile is of the dialect's first kind alone. */
  value: string;
  /** How many events it rests on; no sample: none. */
  count: string;
}

export interface PromQlOptions {
  dialectOf(instrument: string): PromQlDialect;
  /** Seconds; or a PromQL duration, such as `5m` or a Grafana variable. */
  window: number | string;
  /**
   * When the window ends, Unix time in milliseconds. Clock slots that the window cuts then count what is inside, as in
   * the local answer; without it only slots that end in the window count, whole. Only for a window in seconds.
   */
  atMs?: number;
  by?: readonly Dimension[];
  where?: readonly DimensionMatcher[];
}

/** How far before the window the last value is looked for; a process that was silent for longer counts as new. */
const REACH = "1h";
/** How long the newest value of a process is taken for now: three of the SDK's default intervals of 60 s. */
const REPORT_REACH = "3m";
/** The values of a process within one such slot count as one collection; seconds. */
const SHORTEST_PEAK_SLOT_S = 1;
const MOST_PEAK_SLOTS = 300;
/** For a window of unknown length: the interval at which Chainwatch in an app sends metrics. */
const USUAL_PEAK_SLOT_S = 10;

/**
 * Compiles a question by the growth formula: a series grew by its last value in the window minus its last value before
 * it, or by its last value when it is new. `increase()` and `rate()` extrapolate and miss a series' first events.
 */
export function compilePromQl(question: MetricQuestion, options: PromQlOptions): PromQlQueries {
  return new Compilation(options).compile(question);
}

/**
 * What the histograms of one kind grew by, for each combination of split values: `native` ones as histograms, `classic`
 * ones as a sample for each `le`.
 */
export function compileGrownBuckets(
  of: MetricSelection,
  kind: Exclude<HistogramSeries, "vmrange">,
  options: PromQlOptions,
): string {
  return new Compilation(options).grownBuckets(of, kind);
}

/** `vmrange` buckets in MetricsQL, one sample for each range and combination of split values. */
export interface VmrangeBucketQueries {
  /** Events up to the end of the window. */
  last: string;
  /** Those of the same series up to its start. */
  before: string;
}

/**
 * What `vmrangeBuckets` needs of a window. Ranges that a series no longer reports are left out: when its scale
 * changes, VictoriaMetrics begins new ones beside them.
 */
export function compileVmrangeBuckets(of: MetricSelection, options: PromQlOptions): VmrangeBucketQueries {
  return new Compilation(options).vmrangeBuckets(of);
}

/** What of an instrument is meant: of a histogram its counts, its sums or the buckets of one kind, else its value. */
type Part = "value" | "count" | "sum" | HistogramSeries;

/** PromQL durations; the stretch ends `offset` before the time of the query. */
interface Stretch {
  length: string;
  offset?: string;
  /** To the stretch's start. */
  offsetBefore: string;
}

class Compilation {
  readonly #options: PromQlOptions;
  readonly #window: Stretch;

  constructor(options: PromQlOptions) {
    const { window } = options;
    this.#options = options;
    this.#window = typeof window === "number" ? stretch(window * 1000) : { length: window, offsetBefore: window };
  }

  compile(question: MetricQuestion): PromQlQueries {
    const { of } = question;
    const events = (): string => this.#orZero(of, "count");
    switch (question.ask) {
      case "count":
        return { value: events(), count: events() };
      case "rate":
        return { value: `(${events()}) / ${this.#windowSeconds()}`, count: events() };
      case "sum":
        return { value: this.#orZero(of, "sum"), count: events() };
      case "mean":
        return { value: `${this.#total(of, "sum")} / (${this.#total(of, "count")} > 0)`, count: events() };
      case "quantile":
        return {
          value: `histogram_quantile(${question.q}, ${this.grownBuckets(of, this.#kinds(of)[0])})`,
          count: events(),
        };
      case "percentage": {
        const all = this.#total(of, "count");
        const matching = this.#total({ ...of, where: [...(of.where ?? []), question.matching] }, "count");
        return { value: `100 * (${matching} or 0 * ${all}) / (${all} > 0)`, count: events() };
      }
      case "growth":
        return {
          value: this.#counterGrowth(question),
          count: question.events === undefined ? this.#counterGrowth(question) : this.#orZero(question.events, "count"),
        };
      case "share": {
        const part = this.#total(of, "value");
        const others = this.#total(question.others, "count");
        const all = `(${part} or 0 * ${others}) + (${others} or 0 * ${part})`;
        return { value: `100 * (${part} or 0 * ${others}) / ((${all}) > 0)`, count: all };
      }
      case "peak_rate": {
        const { window } = this.#options;
        const slotS = typeof window === "number" ? slotLengthS(window, question.slotS) : question.slotS;
        const highest = this.#highest(slotS, (slot) => this.#total(of, "count", slot));
        return { value: `${highest} / ${slotS}`, count: events() };
      }
      case "current": {
        const newest = `last_over_time(${this.#selector(of)}[${REPORT_REACH}])`;
        const current = this.#aggregate("sum", of.metric, newest);
        return { value: current, count: current };
      }
      case "peak": {
        const peak = this.#aggregate("sum", of.metric, this.#peaks(of));
        return { value: peak, count: peak };
      }
    }
  }

  grownBuckets(of: MetricSelection, kind: HistogramSeries): string {
    return this.#total(of, kind);
  }

  vmrangeBuckets(of: MetricSelection): VmrangeBucketQueries {
    const { length, offsetBefore } = this.#window;
    const reported = (samples: string): string => {
      const buckets = `${this.#selector(of, "_bucket")}[${samples}`;
      const events = `${this.#selector(of, "_count")}[${samples}`;
      return `last_over_time(${buckets}) and (tlast_over_time(${buckets}) >= ignoring (vmrange) group_left () tlast_over_time(${events}))`;
    };
    const inWindow = `last_over_time(${this.#selector(of, "_count")}[${length}])`;
    const before = `(${reported(`${REACH}] offset ${offsetBefore}`)}) and ignoring (vmrange) ${inWindow}`;
    return {
      last: this.#aggregate("sum", of.metric, reported(`${length}]`), ["vmrange"]),
      before: this.#aggregate("sum", of.metric, before, ["vmrange"]),
    };
  }

  #counterGrowth({ of, zeroWhere }: Extract<MetricQuestion, { ask: "growth" }>): string {
    const grown = this.#orZero(of, "value");
    return zeroWhere === undefined ? grown : `${grown} or ${this.#zero(zeroWhere.metric)}`;
  }

  /** 0 in a group where the instrument is known and the selection has nothing. */
  #orZero(of: MetricSelection, part: Part): string {
    const total = this.#total(of, part);
    return of.where === undefined ? total : `${total} or ${this.#zero(of.metric)}`;
  }

  #zero(metric: string): string {
    const known = this.#ofAllKinds({ metric }, (isNative) => {
      const suffix = isHistogram(metric) && !isNative ? "_count" : "";
      return `last_over_time(${this.#selector({ metric }, suffix)}[${this.#window.length}])`;
    });
    return `0 * ${this.#aggregate("count", metric, known)}`;
  }

  /** What the series of each group grew by in the stretch. */
  #total(of: MetricSelection, part: Part, { length, offset, offsetBefore } = this.#window): string {
    const last = this.#last(of, part, length, offset);
    const before = this.#last(of, part, REACH, offsetBefore);
    return this.#aggregate("sum", of.metric, `(${last} - ${before}) or ${last}`, bucketLabels(part));
  }

  #last(of: MetricSelection, part: Part, length: string, offset: string | undefined): string {
    const last = (suffix: string): string =>
      `last_over_time(${this.#selector(of, suffix)}[${length}]${offset === undefined ? "" : ` offset ${offset}`})`;
    if (!isHistogram(of.metric) || part === "native") return last("");
    if (part !== "count" && part !== "sum") return last("_bucket");
    return this.#ofAllKinds(of, (isNative) => (isNative ? `histogram_${part}(${last("")})` : last(`_${part}`)));
  }

  /** Samples of each kind of histogram as one vector: a process has series of one kind. */
  #ofAllKinds(of: MetricSelection, samples: (isNative: boolean) => string): string {
    const each = [...new Set(this.#kinds(of).map((kind) => samples(kind === "native")))];
    return each.length === 1 ? each.join() : `(${each.join(" or ")})`;
  }

  /**
   * The peak of each process: the highest sum of the values of one collection. Collections have no name in PromQL, so
   * those within one slot count as one.
   */
  #peaks(of: MetricSelection): string {
    const { window } = this.#options;
    const added = this.#undividedLabels(of.metric);
    const peaks = ({ length, offset }: Stretch): string =>
      `max_over_time(${this.#selector(of)}[${length}]${offset === undefined ? "" : ` offset ${offset}`})`;
    if (added.length === 0) return peaks(this.#window);
    const slotS =
      typeof window === "number"
        ? Math.max(SHORTEST_PEAK_SLOT_S, Math.ceil(window / MOST_PEAK_SLOTS))
        : USUAL_PEAK_SLOT_S;
    return this.#highest(slotS, (slot) => `sum without (${added.join(", ")}) (${peaks(slot)})`);
  }

  /** Labels of the measurements, not of their process, of which a group may have several values. */
  #undividedLabels(metric: string): string[] {
    const { by = [], where = [], dialectOf } = this.#options;
    const exact = where.filter(({ operator }) => operator === "=").map(({ dimension }) => dimension);
    const { naming } = dialectOf(metric);
    return DIMENSIONS.filter((dimension) => attributePlaces(metric, dimension)[0]?.on === "point")
      .filter((dimension) => !by.includes(dimension) && !exact.includes(dimension))
      .map((dimension) => labelText(dimensionLabel(metric, dimension, naming) ?? dimension));
  }

  /** The highest value in any clock-aligned slot of the window. */
  #highest(slotS: number, valueIn: (slot: Stretch) => string): string {
    const { window, atMs } = this.#options;
    const step = durationText(slotS * 1000);
    const wholeSlots = (length: string, offset = ""): string =>
      `max_over_time((${valueIn(stretch(slotS * 1000))})[${length}:${step}]${offset})`;
    if (typeof window !== "number" || atMs === undefined) return wholeSlots(this.#window.length);

    const toUs = Math.round(atMs * 1000);
    const slots = clockSlots({ fromUs: toUs - Math.round(window * 1_000_000), toUs }, slotS);
    const whole = slots.filter((slot) => slot.toUs - slot.fromUs === slotS * 1_000_000);
    const pieces = slots
      .filter((slot) => !whole.includes(slot))
      .map((slot) => valueIn(stretch((slot.toUs - slot.fromUs) / 1000, (toUs - slot.toUs) / 1000)));
    const last = whole.at(-1);
    if (last !== undefined) {
      const offsetMs = (toUs - last.toUs) / 1000;
      const offset = offsetMs === 0 ? "" : ` offset ${durationText(offsetMs)}`;
      pieces.push(wholeSlots(durationText(whole.length * slotS * 1000), offset));
    }
    // `or` leaves out what has the same labels as something before it, so each piece gets a label of its own.
    const labelled = pieces.map((piece, index) => `label_replace(${piece}, "slot", "${index}", "", "")`);
    return pieces.length === 1 ? `${pieces[0]}` : `max without (slot) (${labelled.join(" or ")})`;
  }

  #selector({ metric, where = [] }: MetricSelection, suffix = ""): string {
    const { naming } = this.#options.dialectOf(metric);
    return selector(metricName(metric, naming) + suffix, [
      ...where.map((filter) => attributeMatcher(filter, naming)),
      ...dimensionMatchers(metric, this.#options.where ?? [], naming),
    ]);
  }

  #aggregate(operator: "sum" | "count", metric: string, vector: string, more: readonly string[] = []): string {
    const { by = [], dialectOf } = this.#options;
    const { naming } = dialectOf(metric);
    const labels = by.flatMap((dimension) => dimensionLabel(metric, dimension, naming) ?? []).map(labelText);
    const all = [...labels, ...more];
    return all.length === 0 ? `${operator}(${vector})` : `${operator} by (${all.join(", ")}) (${vector})`;
  }

  #kinds({ metric }: MetricSelection): PromQlDialect["histograms"] {
    return this.#options.dialectOf(metric).histograms;
  }

  #windowSeconds(): string {
    // PromQL reads a duration as its seconds where a number is expected.
    return String(this.#options.window);
  }
}

/** What tells the buckets of a histogram apart. */
function bucketLabels(part: Part): string[] {
  if (part === "classic") return ["le"];
  return part === "vmrange" ? ["vmrange"] : [];
}

function stretch(lengthMs: number, offsetMs = 0): Stretch {
  return {
    length: durationText(lengthMs),
    offsetBefore: durationText(lengthMs + offsetMs),
    ...(offsetMs > 0 && { offset: durationText(offsetMs) }),
  };
}

/** Milliseconds as a PromQL duration. */
function durationText(ms: number): string {
  const whole = Math.round(ms);
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}
