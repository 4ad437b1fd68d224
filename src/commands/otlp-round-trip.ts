import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Destination, ExportSettings, Signal } from "../export/export-settings.js";
import { metricPreferences } from "../export/metric-preferences.js";
import { LOGS, METRICS, type OtlpMessages, type OtlpResponse, TRACES } from "../export/otlp-messages.js";
import { otlpSender } from "../export/otlp-sender.js";
import { sendTrouble } from "../export/send-trouble.js";
import { withTimeLimit } from "../export/time-limit.js";
import type { BilingualText } from "../indicators/language.js";
import { RESOURCE_SERVICE_NAME } from "../instrument/semconv.js";

/** What came back when one signal was sent. */
export interface SignalAnswer {
  signal: Signal;
  /** Without credentials and query. */
  url: string;
  /** Taken whole. */
  ok: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** What the other side said, in one line. */
  message?: string;
  /** Absent when `ok`. */
  trouble?: { kind: string; what: BilingualText; cure?: BilingualText };
  /** Seconds. */
  duration: number;
}

export interface RoundTrip {
  /** Of the test span, 32 hex digits. */
  trace_id: string;
  /** Of the signals that are not turned off. */
  answers: SignalAnswer[];
}

/** The service of the test data, so that it never counts as the app's own. */
const SERVICE = "chainwatch-doctor";
const SCOPE = "chainwatch";
/** For one signal; the app's own time-out is shorter unless `OTEL_EXPORTER_OTLP_TIMEOUT` is longer. */
const LIMIT_MS = 30_000;

/**
 * Sends one span, a counter and a histogram, and one log record, by the very way that `instrument()` sends, so what
 * goes wrong here goes wrong there. Never throws: the answers say what failed.
 */
export async function sendTestTelemetry({ destinations, ...settings }: ExportSettings): Promise<RoundTrip> {
  const resource = resourceFromAttributes({ [RESOURCE_SERVICE_NAME]: SERVICE });
  const span = testSpan(resource);
  const { traces, metrics, logs } = destinations;
  const sent = await Promise.all([
    traces && send(traces, TRACES, [span]),
    metrics && send(metrics, METRICS, await testMetrics(resource, settings)),
    logs && send(logs, LOGS, testRecords(resource, span)),
  ]);
  return { trace_id: span.spanContext().traceId, answers: sent.filter((answer) => answer !== undefined) };
}

function testSpan(resource: Resource): ReadableSpan {
  const ended: ReadableSpan[] = [];
  const collect = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  new TracerProvider({ resource, spanProcessors: [collect] })
    .getTracer(SCOPE)
    .startSpan("chainwatch doctor", { root: true })
    .end();
  const [span] = ended;
  if (span === undefined) throw new Error("the OpenTelemetry SDK ended no span");
  return span;
}

async function testMetrics(resource: Resource, settings: Parameters<typeof metricPreferences>[0]) {
  const reader = new SingleReader(metricPreferences(settings, undefined));
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter(SCOPE);
  meter.createCounter("chainwatch.doctor.checks", { unit: "{check}" }).add(1);
  meter.createHistogram("chainwatch.doctor.duration", { unit: "s" }).record(1);
  return (await reader.collect()).resourceMetrics;
}

class SingleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function testRecords(resource: Resource, span: ReadableSpan): ReadableLogRecord[] {
  const records: ReadableLogRecord[] = [];
  const collect = {
    onEmit: (record: ReadableLogRecord) => void records.push(record),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  new LoggerProvider({ resource, processors: [collect] }).getLogger(SCOPE).emit({
    eventName: "chainwatch.doctor",
    severityText: "INFO",
    body: "chainwatch doctor",
    context: trace.setSpanContext(ROOT_CONTEXT, span.spanContext()),
  });
  return records;
}

async function send<T, Response extends OtlpResponse>(
  destination: Destination,
  messages: OtlpMessages<T, Response>,
  payload: T,
): Promise<SignalAnswer> {
  const startedMs = performance.now();
  // Keeps the process alive as well, which a connection of the app's sender never does.
  const result = await withTimeLimit(otlpSender(messages, destination)(payload), LIMIT_MS);
  const duration = Number(((performance.now() - startedMs) / 1000).toFixed(3));
  const { signal, url } = destination;
  const { origin, pathname } = new URL(url);
  const answer = result?.answer;
  const found = {
    signal,
    url: `${origin}${pathname}`,
    ...(answer !== undefined && { status: answer.status }),
    ...(answer !== undefined && answer.said !== "" && { message: answer.said }),
    duration,
  };
  if (result?.sent)
    return result.rejected === undefined ? { ...found, ok: true } : { ...found, ok: false, trouble: REJECTED };
  const failure = result ?? { sent: false, next: "retry", error: new Error(`no answer within ${LIMIT_MS / 1000} s`) };
  const { kind, what, cure } = sendTrouble(failure, destination);
  return { ...found, ok: false, trouble: { kind, what, ...(cure !== undefined && { cure }) } };
}

const REJECTED = {
  kind: "rejected",
  what: { en: "it rejected the test data", zh: "对方拒收了测试数据" },
  cure: { en: "see what it says, and its log", zh: "请查看对方的应答与日志" },
} satisfies SignalAnswer["trouble"];
