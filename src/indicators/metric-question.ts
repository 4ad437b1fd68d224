/** Which values of a metric attribute take part. A series without the attribute passes only `noneOf`. */
export type AttributeFilter =
  | { attribute: string; oneOf: readonly string[] }
  | { attribute: string; noneOf: readonly string[] }
  | { attribute: string; present: true };

/** Series of one instrument (src/instrument/semconv.ts), narrowed by attributes: all filters must pass. */
export interface MetricSelection {
  metric: string;
  where?: readonly AttributeFilter[];
}

/**
 * What an indicator asks of metric points, as data: the local evaluation follows it, and a query in another language
 * can be compiled from it.
 *
 * "Events" are the measurements of a histogram. A group (one combination of split values) exists when the instrument
 * has any series in it, whatever `of.where` says: so a filtered count is 0 where the instrument is known, and absent
 * where it is not.
 */
export type MetricQuestion =
  /** How many events. */
  | { ask: "count"; of: MetricSelection }
  /** Events per second of the window. */
  | { ask: "rate"; of: MetricSelection }
  /**
   * Events per second in the busiest clock-aligned slot; a slot that the window cuts counts what is inside. A window
   * of more than 120 slots has longer ones, up to a day.
   */
  | { ask: "peak_rate"; of: MetricSelection; slotS: number }
  /** The sum of a histogram's measurements. */
  | { ask: "sum"; of: MetricSelection }
  /**
   * How much a counter grew. A counter does not know its events: `events` counts them, for the sample's `count`.
   * Absent: what it counts are the events.
   * `zeroWhere`: a group that this has series in, but the counter has none, is 0 and not unknown.
   */
  | { ask: "growth"; of: MetricSelection; events?: MetricSelection; zeroWhere?: MetricSelection }
  /**
   * 100 × the growth of a counter, over it and the events of `others`: two instruments that each count a part of the
   * same things. A part that is not there is 0; no growth and no event is no data.
   */
  | { ask: "share"; of: MetricSelection; others: MetricSelection }
  /** Sum over count. */
  | { ask: "mean"; of: MetricSelection }
  /** `q` in (0, 1]. */
  | { ask: "quantile"; of: MetricSelection; q: number }
  /** 100 × the events of `of` that also pass `matching`, over the events of `of`; none of `of` is no data. */
  | { ask: "percentage"; of: MetricSelection; matching: AttributeFilter }
  /** The newest value of every living series of an up-down counter, added up: now, whatever the window. */
  | { ask: "current"; of: MetricSelection }
  /** The highest value of a gauge: per process the highest collection, then added over the processes. */
  | { ask: "peak"; of: MetricSelection };
