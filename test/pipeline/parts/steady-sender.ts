import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

/** Spans of one trace, and of one request to the Collector. */
const SPANS_A_TRACE = 50;
const TRACES_A_SECOND = 20;
/** Like an exporter's, but impatient. */
const RETRY_MS = 200;
const TIMEOUT_MS = 10_000;

const RESOURCE = { attributes: [{ key: "service.name", value: { stringValue: "steady" } }] };

/** A trace, its request record and a metric point, each of them acknowledged with 200. */
export interface Accepted {
  traceId: string;
  spanIds: string[];
  requestId: string;
  /** Unix time of the metric point, milliseconds. */
  pointMs: number;
  /** Of the last acknowledgement, Unix time in milliseconds. */
  acceptedMs: number;
}

/**
 * Sends about 1,000 spans a second in traces of 50, and with each trace a request record and a point of
 * `steady_traces_total`. It sends again what was not answered with 200, as an exporter does, and remembers what was.
 */
export class SteadySender {
  readonly accepted: Accepted[] = [];
  /** Requests that had to be sent again. */
  repeats = 0;
  /** Answers that an exporter would take for final. */
  readonly refusals: string[] = [];
  readonly #url: string;
  readonly #underWay = new Set<Promise<void>>();
  #number = 0;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  /** @param url base URL of an OTLP/HTTP receiver */
  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when all that was begun has been accepted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const startedMs = Date.now();
    while (!this.#stopping) {
      const sending = this.#sendTrace(this.#number).then(() => {
        this.#underWay.delete(sending);
      });
      this.#underWay.add(sending);
      this.#number += 1;
      await delay(Math.max(0, startedMs + (this.#number * 1000) / TRACES_A_SECOND - Date.now()));
    }
  }

  async #sendTrace(number: number): Promise<void> {
    const traceId = randomBytes(16).toString("hex");
    const spanIds = Array.from({ length: SPANS_A_TRACE }, () => randomBytes(8).toString("hex"));
    const requestId = `steady-${number}`;
    const nowMs = Date.now();
    await Promise.all([
      this.#send("/v1/traces", tracesBody(traceId, spanIds, nowMs)),
      this.#send("/v1/logs", recordBody(traceId, requestId, nowMs)),
      this.#send("/v1/metrics", pointBody(number, nowMs)),
    ]);
    this.accepted.push({ traceId, spanIds, requestId, pointMs: nowMs, acceptedMs: Date.now() });
  }

  async #send(path: string, body: object): Promise<void> {
    for (;;) {
      const status = await fetch(this.#url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        },
        () => 0,
      );
      if (status === 200) return;
      if (![0, 429, 502, 503, 504].includes(status)) this.refusals.push(`${path} ${status}`);
      this.repeats += 1;
      await delay(RETRY_MS);
    }
  }
}

const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`;

function tracesBody(traceId: string, spanIds: readonly string[], nowMs: number): object {
  const spans = spanIds.map((spanId, index) => ({
    traceId,
    spanId,
    ...(index > 0 && { parentSpanId: spanIds[0] }),
    name: `work ${index}`,
    kind: 1,
    startTimeUnixNano: nanoseconds(nowMs - 10),
    endTimeUnixNano: nanoseconds(nowMs),
  }));
  return { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: { name: "steady" }, spans }] }] };
}

function recordBody(traceId: string, requestId: string, nowMs: number): object {
  const attribute = (key: string, value: object) => ({ key, value });
  const record = {
    timeUnixNano: nanoseconds(nowMs - 10),
    eventName: "chainwatch.request",
    traceId,
    spanId: "00000000000000f1",
    attributes: [
      attribute("chainwatch.request.id", { stringValue: requestId }),
      attribute("chainwatch.request.type", { stringValue: "steady" }),
      attribute("chainwatch.request.duration", { doubleValue: 0.01 }),
      attribute("outcome", { stringValue: "success" }),
    ],
  };
  return { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: "steady" }, logRecords: [record] }] }] };
}

function pointBody(number: number, nowMs: number): object {
  const metric = {
    name: "steady.traces",
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        { asInt: String(number), startTimeUnixNano: nanoseconds(START_MS), timeUnixNano: nanoseconds(nowMs) },
      ],
    },
  };
  return {
    resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ scope: { name: "steady" }, metrics: [metric] }] }],
  };
}

const START_MS = Date.now();
