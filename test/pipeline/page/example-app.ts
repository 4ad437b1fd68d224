import type { LocalServer } from "../../../src/server/local-server.js";
import { send } from "./page-server.js";

/** One request of an app, with its one model call. */
export interface ExampleRequest {
  type?: string;
  outcome?: "success" | "error" | "timeout";
  durationS?: number;
  model?: string;
  /** Absent: the model has no known price. */
  costUsd?: number;
  /** The tool that it calls. */
  tool?: string;
  toolFailed?: boolean;
  user?: string;
  query?: string;
}

/** What an app sends at once: metrics, as deltas, and request records. */
export interface ExampleExport {
  /** When all of the requests ended, Unix time in milliseconds. */
  endedMs: number;
  service?: string;
  release?: string;
  requests: readonly ExampleRequest[];
}

type Attributes = Record<string, string | number | undefined>;

const TOKENS = { input: 100, output: 20, cache_read: 40, reasoning: 5 };
const BOUNDS = [0.001, 0.01, 0.1, 0.5, 1, 2, 4, 8, 16];

let sent = 0;

/** Sends both, as the app's exporter would. */
export async function sendExport(server: LocalServer, example: ExampleExport): Promise<void> {
  await send(server, "metrics", metricsBody(example));
  await send(server, "logs", recordsBody(example));
}

const nanoseconds = (milliseconds: number): string => `${Math.round(milliseconds)}000000`;

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]): object[] => {
    if (value === undefined) return [];
    if (typeof value === "string") return [{ key, value: { stringValue: value } }];
    return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }];
  });
}

function resourceOf({ service = "shop", release = "1.0.0" }: ExampleExport): object {
  const attributes = { "service.name": service, "service.instance.id": `${service}-1`, "service.version": release };
  return { attributes: keyValues(attributes) };
}

function metricsBody(example: ExampleExport): string {
  const { endedMs, requests } = example;
  const time = { startTimeUnixNano: nanoseconds(endedMs - 1000), timeUnixNano: nanoseconds(endedMs) };
  const histogram = (name: string, of: (request: ExampleRequest) => [Attributes, number] | undefined): object => ({
    name,
    histogram: {
      aggregationTemporality: 1,
      dataPoints: grouped(
        requests.flatMap((request): [Attributes, number][] => {
          const measured = of(request);
          return measured === undefined ? [] : [measured];
        }),
      ).map(({ attributes, values }) => ({
        ...time,
        attributes: keyValues(attributes),
        count: String(values.length),
        sum: values.reduce((sum, value) => sum + value, 0),
        min: Math.min(...values),
        max: Math.max(...values),
        explicitBounds: BOUNDS,
        bucketCounts: bucketCounts(values),
      })),
    },
  });
  const modelOf = ({ model = "gpt-4o" }: ExampleRequest): Attributes => ({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": model,
  });
  const metrics = [
    histogram("chainwatch.request.duration", ({ type = "chat", outcome = "success", durationS = 1 }) => [
      { "chainwatch.request.type": type, outcome },
      durationS,
    ]),
    histogram("gen_ai.client.operation.duration", (request) => [modelOf(request), request.durationS ?? 1]),
    histogram("chainwatch.llm.cost", (request) =>
      request.costUsd === undefined ? undefined : [modelOf(request), request.costUsd],
    ),
    histogram("gen_ai.execute_tool.duration", ({ tool, toolFailed }) =>
      tool === undefined
        ? undefined
        : [{ "gen_ai.tool.name": tool, "error.type": toolFailed ? "Error" : undefined }, 0.2],
    ),
    {
      name: "chainwatch.llm.tokens",
      sum: {
        aggregationTemporality: 1,
        isMonotonic: true,
        dataPoints: grouped(
          requests.flatMap((request) =>
            Object.entries(TOKENS).map(([type, count]): [Attributes, number] => [
              { ...modelOf(request), "token.type": type },
              count,
            ]),
          ),
        ).map(({ attributes, values }) => ({
          ...time,
          attributes: keyValues(attributes),
          asInt: String(values.reduce((sum, value) => sum + value, 0)),
        })),
      },
    },
  ];
  return JSON.stringify({
    resourceMetrics: [{ resource: resourceOf(example), scopeMetrics: [{ scope: { name: "test" }, metrics }] }],
  });
}

/** One data point has all values of its attributes: two points of one series and time would be one sent twice. */
function grouped(measured: [Attributes, number][]): { attributes: Attributes; values: number[] }[] {
  const groups = new Map<string, { attributes: Attributes; values: number[] }>();
  for (const [attributes, value] of measured) {
    const key = JSON.stringify(attributes);
    const group = groups.get(key) ?? { attributes, values: [] };
    groups.set(key, group);
    group.values.push(value);
  }
  return [...groups.values()];
}

function bucketCounts(values: readonly number[]): string[] {
  const counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  for (const value of values) {
    const bucket = BOUNDS.filter((bound) => value > bound).length;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts.map(String);
}

function recordsBody(example: ExampleExport): string {
  const logRecords = example.requests.map((request) => {
    const { type = "chat", outcome = "success", durationS = 1, costUsd, user, query } = request;
    sent += 1;
    return {
      // The record carries the request's beginning.
      timeUnixNano: nanoseconds(example.endedMs - durationS * 1000),
      eventName: "chainwatch.request",
      traceId: sent.toString(16).padStart(32, "a"),
      spanId: "00000000000000f1",
      body: { stringValue: "chainwatch.request" },
      attributes: keyValues({
        "chainwatch.request.id": `r-${sent}`,
        "chainwatch.request.type": type,
        "chainwatch.request.duration": durationS,
        "chainwatch.request.llm_calls": 1,
        "chainwatch.request.llm_time": durationS,
        "chainwatch.request.tokens.input": TOKENS.input,
        "chainwatch.request.tokens.output": TOKENS.output,
        "chainwatch.request.tokens.total": TOKENS.input + TOKENS.output,
        "chainwatch.request.cost": costUsd,
        "chainwatch.request.query": query,
        "user.id": user,
        outcome,
      }),
    };
  });
  return JSON.stringify({
    resourceLogs: [{ resource: resourceOf(example), scopeLogs: [{ scope: { name: "test" }, logRecords }] }],
  });
}
