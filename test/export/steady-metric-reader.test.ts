import { AggregationTemporality, MeterProvider, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type SendResult, sendFailure } from "../../src/export/send-result.js";
import { SteadyMetricReader } from "../../src/export/steady-metric-reader.js";

const SENT: SendResult = { sent: true };

function reading(send: () => SendResult | Promise<SendResult>, temporality = AggregationTemporality.CUMULATIVE) {
  const snapshots: number[] = [];
  const drops: [number, string][] = [];
  const reader = new SteadyMetricReader({
    intervalMs: 1_000,
    aggregationTemporalitySelector: () => temporality,
    send: async (metrics) => {
      snapshots.push(counted(metrics));
      return send();
    },
    onDrop: (points, reason) => drops.push([points, reason]),
    onAttempt: () => undefined,
  });
  const counter = new MeterProvider({ readers: [reader] }).getMeter("test").createCounter("done");
  return { reader, counter, snapshots, drops };
}

const counted = ({ scopeMetrics }: ResourceMetrics): number =>
  Number(scopeMetrics[0]?.metrics[0]?.dataPoints[0]?.value ?? 0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("The metric reader", () => {
  it("sends a snapshot every interval, and none before something was recorded", async () => {
    const { counter, snapshots } = reading(() => SENT);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(snapshots).toEqual([]);
    counter.add(1);
    await vi.advanceTimersByTimeAsync(1_000);
    counter.add(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(snapshots).toEqual([1, 2]);
  });

  it("never sends a snapshot while another is under way, and flushes what was recorded since", async () => {
    const answers: ((result: SendResult) => void)[] = [];
    const { reader, counter, snapshots } = reading(() => new Promise((resolve) => answers.push(resolve)));
    counter.add(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(snapshots).toEqual([1]);
    counter.add(1);
    const flushed = reader.flush();
    answers[0]?.(SENT);
    await vi.advanceTimersByTimeAsync(0);
    expect(snapshots).toEqual([1, 2]);
    answers[1]?.(SENT);
    expect(await flushed).toBe(true);
  });

  it("says whether a flush arrived; cumulative points are not lost by a failure", async () => {
    let result: SendResult = sendFailure(new Error("down"));
    const { reader, counter, snapshots, drops } = reading(() => result);
    counter.add(1);
    expect(await reader.flush()).toBe(false);
    result = SENT;
    expect(await reader.flush()).toBe(true);
    expect(snapshots).toEqual([1, 1]);
    expect(drops).toEqual([]);
  });

  it("counts delta points that could not be sent, and points that were refused", async () => {
    const delta = reading(() => sendFailure(new Error("down")), AggregationTemporality.DELTA);
    delta.counter.add(1);
    await delta.reader.flush();
    expect(delta.drops).toEqual([[1, "not_sent"]]);
    const refused = reading(() => sendFailure(Object.assign(new Error("no"), { code: 400 })));
    refused.counter.add(1);
    await refused.reader.flush();
    expect(refused.drops).toEqual([[1, "rejected"]]);
    const partly = reading(() => ({ sent: true, rejected: 1 }));
    partly.counter.add(1);
    expect(await partly.reader.flush()).toBe(true);
    expect(partly.drops).toEqual([[1, "rejected"]]);
  });

  it("sends once more when it retires, then nothing", async () => {
    const { reader, counter, snapshots } = reading(() => SENT);
    counter.add(1);
    await reader.retire();
    counter.add(1);
    expect(await reader.flush()).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(snapshots).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
