import { randomBytes } from "node:crypto";
import { OTLP_SIGNALS, type Signal } from "../receive/otlp-schema.js";
import type { DoctorTarget } from "./doctor-target.js";

/** What came back when one signal was sent. */
export interface SignalAnswer {
  signal: Signal;
  url: string;
  /** Taken whole: status 200 and nothing rejected. */
  ok: boolean;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** What the other side said, or why there was no answer. */
  message?: string;
  /** Nobody listens at the address. */
  refused?: true;
  /** Seconds. */
  duration: number;
}

export interface RoundTrip {
  /** Of the test span, 32 hex digits. */
  trace_id: string;
  answers: SignalAnswer[];
}

/** The service of the test data, so that it never counts as the app's own. */
const SERVICE = "chainwatch-doctor";
const TIMEOUT_MS = 5_000;
const SIGNALS = ["traces", "metrics", "logs"] as const;

/** Sends one span, one metric point and one log record, as OTLP protobuf. Never throws: the answers say what failed. */
export async function sendTestTelemetry(target: DoctorTarget, nowMs: number): Promise<RoundTrip> {
  const traceId = randomBytes(16);
  const bodies = testTelemetry(traceId, nowMs);
  const answers = await Promise.all(SIGNALS.map((signal) => send(signal, bodies[signal], target)));
  return { trace_id: traceId.toString("hex"), answers };
}

function testTelemetry(traceId: Buffer, nowMs: number): Record<Signal, object> {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: SERVICE } }] };
  const spanId = randomBytes(8);
  const timeUnixNano = `${nowMs}000000`;
  const span = {
    traceId,
    spanId,
    name: "chainwatch doctor",
    kind: 1,
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: `${nowMs + 1}000000`,
  };
  const point = { startTimeUnixNano: timeUnixNano, timeUnixNano, asInt: 1 };
  const sum = { dataPoints: [point], aggregationTemporality: 2, isMonotonic: true };
  const record = {
    timeUnixNano,
    severityText: "INFO",
    body: { stringValue: "chainwatch doctor" },
    eventName: "chainwatch.doctor",
    traceId,
    spanId,
  };
  return {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "chainwatch" }, spans: [span] }] }] },
    metrics: {
      resourceMetrics: [
        { resource, scopeMetrics: [{ metrics: [{ name: "chainwatch.doctor.checks", unit: "{check}", sum }] }] },
      ],
    },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] },
  };
}

async function send(signal: Signal, body: object, target: DoctorTarget): Promise<SignalAnswer> {
  const { request } = OTLP_SIGNALS[signal];
  const url = target.urls[signal];
  const startedMs = performance.now();
  const answer = (rest: Omit<SignalAnswer, "signal" | "url" | "duration">): SignalAnswer => ({
    signal,
    url,
    ...rest,
    duration: Number(((performance.now() - startedMs) / 1000).toFixed(3)),
  });
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: { ...target.headers[signal], "content-type": "application/x-protobuf" },
      body: request.encode(request.fromObject(body)).finish(),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = Buffer.from(await reply.arrayBuffer());
    if (reply.status !== 200) {
      return answer({ ok: false, status: reply.status, message: printable(bytes) || reply.statusText });
    }
    const taken = readAnswer(signal, bytes);
    if (taken === undefined)
      return answer({ ok: false, status: 200, message: `not an OTLP answer: ${printable(bytes)}` });
    const { rejected, message } = taken;
    return answer({ ok: rejected === 0, status: 200, ...(message !== "" && { message }) });
  } catch (error) {
    const { code, message } = cause(error);
    return answer({ ok: false, message, ...(code === "ECONNREFUSED" && { refused: true }) });
  }
}

/** @returns undefined when something else than an OTLP receiver answered */
function readAnswer(signal: Signal, bytes: Uint8Array): { rejected: number; message: string } | undefined {
  const { response, rejectedField } = OTLP_SIGNALS[signal];
  try {
    const { partialSuccess } = response.toObject(response.decode(bytes), { longs: Number }) as {
      partialSuccess?: { errorMessage?: string } & Partial<Record<typeof rejectedField, number>>;
    };
    return { rejected: partialSuccess?.[rejectedField] ?? 0, message: partialSuccess?.errorMessage ?? "" };
  } catch {
    return undefined;
  }
}

/** `fetch` hides the reason in `cause`, and for a name with several addresses one deeper. */
function cause(error: unknown): { code: string | undefined; message: string } {
  const outer = error as { name?: string; message?: string; cause?: { code?: string; message?: string } };
  if (outer.name === "TimeoutError") return { code: undefined, message: `no answer in ${TIMEOUT_MS / 1000} s` };
  const { code, message } = outer.cause ?? {};
  return { code, message: message || code || outer.message || String(error) };
}

/** An answer may be protobuf, JSON or HTML: what can be read of it, in one line. */
function printable(bytes: Buffer): string {
  return bytes
    .toString("utf8")
    .replace(/[\p{C}\ufffd\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}
