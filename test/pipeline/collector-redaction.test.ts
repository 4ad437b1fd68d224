import { randomBytes } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { postOtlp } from "./parts/otlp-post.js";
import { PipelineStack } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";

const parts = new RunningParts();
let stack: PipelineStack;

beforeAll(async () => {
  stack = await PipelineStack.start(parts);
});

/** In every secret, and nowhere else. */
const CANARY = "C4n4ryC4n4ryC4n4ryC4n4ry";
const SECRETS = {
  "an OpenAI key": `sk-proj-${CANARY}`,
  "an AWS key": `AKIA${CANARY}`,
  "a bearer token": `Authorization: Bearer ${CANARY}`,
  "a JSON Web Token": `eyJhbGciOiJI.${CANARY}.sig`,
  "an address with a password": `postgres://app:${CANARY}@db.internal/orders`,
  "a password in JSON": `{"user":"app","password":"${CANARY}"}`,
  "a key in JSON in JSON": JSON.stringify({ body: JSON.stringify({ api_key: CANARY }) }),
};
const PROMPT =
  '[{"role":"user","content":"Basic questions about bearer authentication, and my task-list-of-everything"}]';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const secretTexts = Object.entries(SECRETS).map(([name, secret]) => text(name, `before ${secret} after`));
const nested = [
  { key: "a list", value: { arrayValue: { values: [{ stringValue: SECRETS["a bearer token"] }] } } },
  { key: "a map", value: { kvlistValue: { values: [text("inner", SECRETS["an OpenAI key"])] } } },
];
const resource = { attributes: [text("service.name", "fence"), text("a resource", SECRETS["an OpenAI key"])] };

it("keys and passwords reach neither Jaeger nor Chainwatch nor the file; what is around them does", async () => {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const now = `${Date.now()}000000`;
  const span = {
    traceId,
    spanId,
    name: "call",
    kind: 3,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    status: { code: 2, message: `401 Incorrect API key provided: ${SECRETS["an OpenAI key"]}.` },
    attributes: [...secretTexts, ...nested, text("gen_ai.input.messages", PROMPT)],
    events: [{ timeUnixNano: now, name: "exception", attributes: [text("exception.message", SECRETS["an AWS key"])] }],
  };
  const record = (eventName: string) => ({
    timeUnixNano: now,
    eventName,
    traceId,
    spanId,
    body: { stringValue: SECRETS["an OpenAI key"] },
    attributes: [
      text("chainwatch.request.id", "fence-1"),
      text("chainwatch.request.type", "fence"),
      { key: "chainwatch.request.duration", value: { doubleValue: 0.01 } },
      text("outcome", "error"),
      text("error.type", "authentication"),
      text("error.message", `refused ${SECRETS["an OpenAI key"]}`),
      text("exception.type", "AuthenticationError"),
      text("exception.message", `refused ${SECRETS["an OpenAI key"]}`),
      text("exception.stacktrace", `at ${SECRETS["an address with a password"]}`),
      text("chainwatch.request.query", SECRETS["a password in JSON"]),
      ...nested,
    ],
  });
  const logRecords = [record("chainwatch.request"), record("chainwatch.error")];
  await postOtlp(`${stack.collector.url}/v1/traces`, {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "fence" }, spans: [span] }] }],
  });
  await postOtlp(`${stack.collector.url}/v1/logs`, {
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: "fence" }, logRecords }] }],
  });

  const [jaegerSpan] = await until("the span at Jaeger", async () => {
    const spans = await stack.jaegerSpans(traceId);
    return spans.length === 1 && spans;
  });
  const trace = await until("span, record and error at Chainwatch", async () => {
    const found = await stack.chainwatchTrace(traceId);
    return found?.spans.length === 1 && found.requests.length === 1 && found.errors.length === 1 && found;
  });
  const lines = [...(await stack.recordLines()).values()].flat();
  expect(lines).toHaveLength(1);
  for (const stored of [jaegerSpan, trace, lines]) expect(JSON.stringify(stored)).not.toContain(CANARY);

  const tags = Object.fromEntries(jaegerSpan?.tags.map(({ key, value }) => [key, value]) ?? []);
  for (const name of Object.keys(SECRETS)) expect(tags[name]).toMatch(/^before .*\*\*\*\*.* after$/);
  expect(tags["otel.status_description"]).toBe("401 Incorrect API key provided: ****.");
  expect(tags["chainwatch.status_text"]).toBeUndefined();
  // Prompts speak of such things, and are there because the app turned capture on.
  expect(tags["gen_ai.input.messages"]).toBe(PROMPT);
  expect(trace.spans[0]).toMatchObject({
    status_message: "401 Incorrect API key provided: ****.",
    attributes: { "gen_ai.input.messages": PROMPT },
  });
  expect(trace.errors[0]?.message).toBe("refused ****");
});
