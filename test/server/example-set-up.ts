/** What an app's metrics say of itself, as deltas of one export. */
export interface ExampleSetUp {
  counters?: readonly { metric: string; value: number; attributes?: Readonly<Record<string, string>> }[];
  /** Costs of model calls, US dollars. */
  costs?: readonly number[];
  /** How far the app's clock is ahead, seconds. */
  aheadS?: number;
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const nanoseconds = (timeMs: number): string => `${Math.round(timeMs)}000000`;

const RESOURCE = {
  attributes: [
    text("service.name", "shop"),
    text("service.instance.id", "shop-1"),
    text("service.version", "1.2"),
    text("telemetry.sdk.language", "nodejs"),
    text("telemetry.sdk.version", "2.12.0"),
    text("host.name", "web-1"),
  ],
};

/** Body of `POST /v1/metrics`. */
export function setUpBody({ counters = [], costs = [], aheadS = 0 }: ExampleSetUp): string {
  const timeMs = Date.now() + aheadS * 1000;
  const at = { startTimeUnixNano: nanoseconds(timeMs - 1000), timeUnixNano: nanoseconds(timeMs) };
  const cost = {
    ...at,
    attributes: [text("gen_ai.request.model", "gpt-4o"), text("chainwatch.request.type", "chat")],
    count: String(costs.length),
    sum: costs.reduce((sum, each) => sum + each, 0),
    bucketCounts: [String(costs.length)],
  };
  const metrics = [
    ...counters.map(({ metric, value, attributes = {} }) => ({
      name: metric,
      sum: {
        isMonotonic: true,
        aggregationTemporality: 1,
        dataPoints: [
          { ...at, asDouble: value, attributes: Object.entries(attributes).map(([key, each]) => text(key, each)) },
        ],
      },
    })),
    { name: "chainwatch.llm.cost", histogram: { aggregationTemporality: 1, dataPoints: [cost] } },
  ];
  return JSON.stringify({ resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics }] }] });
}
