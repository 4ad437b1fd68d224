/** A request record; times are seconds. */
export interface ExampleRequest {
  service?: string;
  release?: string;
  type?: string;
  user?: string;
  prompts?: readonly string[];
  outcome?: "success" | "error" | "timeout";
  durationS: number;
  endedSAgo?: number;
  costUsd?: number;
  tokens?: number;
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const number = (key: string, value: number) => ({ key, value: { doubleValue: value } });

let sent = 0;

/** Body of `POST /v1/logs` with request records of several services and releases; each has a trace of its own. */
export function requestRecordsBody(requests: readonly ExampleRequest[]): string {
  return JSON.stringify({ resourceLogs: requests.map(resourceLogs) });
}

function resourceLogs({
  service = "shop",
  release,
  type = "chat",
  user,
  prompts = [],
  outcome = "success",
  durationS,
  endedSAgo = 30,
  costUsd = 0.01,
  tokens = 100,
}: ExampleRequest): object {
  sent += 1;
  const startMs = Date.now() - (endedSAgo + durationS) * 1000;
  const attributes = [
    text("chainwatch.request.id", `r-${sent}`),
    text("chainwatch.request.type", type),
    text("outcome", outcome),
    number("chainwatch.request.duration", durationS),
    number("chainwatch.request.tokens.total", tokens),
    number("chainwatch.request.cost", costUsd),
    ...(user === undefined ? [] : [text("user.id", user)]),
    {
      key: "chainwatch.request.prompts",
      value: { arrayValue: { values: prompts.map((stringValue) => ({ stringValue })) } },
    },
  ];
  const record = {
    timeUnixNano: `${Math.round(startMs)}000000`,
    eventName: "chainwatch.request",
    traceId: sent.toString(16).padStart(32, "0"),
    attributes,
  };
  const resource = [
    text("service.name", service),
    ...(release === undefined ? [] : [text("service.version", release)]),
  ];
  return { resource: { attributes: resource }, scopeLogs: [{ logRecords: [record] }] };
}

/** As many requests as said, each made from its index. */
export const many = (n: number, make: (index: number) => ExampleRequest): ExampleRequest[] =>
  Array.from({ length: n }, (_, index) => make(index));
