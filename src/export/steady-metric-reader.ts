import {
  AggregationTemporality,
  MetricReader,
  type MetricReaderOptions,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { DropReason, Send, SendResult } from "./send-result.js";

export interface SteadyMetricReaderOptions
  extends Pick<MetricReaderOptions, "aggregationSelector" | "aggregationTemporalitySelector"> {
  send: Send<ResourceMetrics>;
  /** Milliseconds. */
  intervalMs: number;
  onDrop: (points: number, reason: DropReason) => void;
  onAttempt: (result: SendResult) => void;
}

/**
 * Collects all metrics every interval and sends them, one request at a time: an older snapshot never arrives after a
 * newer one, as it can with the SDK's periodic reader, whose time-out lets a slow export go on. It also knows whether
 * a flush got through. Cumulative points that could not be sent are in the next snapshot; delta points are counted as
 * dropped.
 */
export class SteadyMetricReader extends MetricReader {
  readonly #options: SteadyMetricReaderOptions;
  #timer: NodeJS.Timeout | undefined;
  #exporting: Promise<boolean> | undefined;
  #retired = false;

  constructor(options: SteadyMetricReaderOptions) {
    super(options);
    this.#options = options;
  }

  /** Sends everything recorded up to now; resolves with false when it did not arrive. */
  async flush(): Promise<boolean> {
    await this.#exporting;
    return this.#retired || this.#export();
  }

  /** Sends everything once more, then nothing ever again. */
  async retire(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#retired = true;
  }

  protected override onInitialized(): void {
    this.#timer = setInterval(() => void this.#export(), this.#options.intervalMs);
    // The watched app ends when it is done, not when our timer is.
    this.#timer.unref();
  }

  protected override async onForceFlush(): Promise<void> {
    await this.flush();
  }

  protected override async onShutdown(): Promise<void> {
    await this.retire();
  }

  #export(): Promise<boolean> {
    this.#exporting ??= this.#collectAndSend()
      .catch(() => false)
      .finally(() => {
        this.#exporting = undefined;
      });
    return this.#exporting;
  }

  async #collectAndSend(): Promise<boolean> {
    const { send, onDrop, onAttempt } = this.#options;
    const { resourceMetrics } = await this.collect();
    if (resourceMetrics.scopeMetrics.length === 0) return true;
    const result = await send(resourceMetrics);
    onAttempt(result);
    if (result.sent) {
      if (result.rejected !== undefined) onDrop(result.rejected, "rejected");
      return true;
    }
    const lost =
      result.next === "retry"
        ? countPoints(resourceMetrics, AggregationTemporality.DELTA)
        : countPoints(resourceMetrics);
    if (lost > 0) onDrop(lost, result.next === "retry" ? "not_sent" : "rejected");
    return false;
  }
}

function countPoints({ scopeMetrics }: ResourceMetrics, temporality?: AggregationTemporality): number {
  let points = 0;
  for (const { metrics } of scopeMetrics) {
    for (const { aggregationTemporality, dataPoints } of metrics) {
      if (temporality === undefined || aggregationTemporality === temporality) points += dataPoints.length;
    }
  }
  return points;
}
