import { beforeAll, expect, it } from "vitest";
import { postOtlp } from "./parts/otlp-post.js";
import { PipelineStack, requestIdsOf } from "./parts/pipeline-stack.js";
import { RunningParts } from "./parts/running-parts.js";

const parts = new RunningParts();
let stack: PipelineStack;

beforeAll(async () => {
  stack = await PipelineStack.start(parts);
});

interface Entry {
  id: string;
  /** When the request began, ISO 8601; absent: only when it was seen is known. */
  time?: string;
  eventName?: string;
}

const OBSERVED = "2026-05-06T12:00:00Z";
const nanoseconds = (time: string): string => `${Date.parse(time)}000000`;

const send = (...entries: Entry[]): Promise<void> =>
  postOtlp(`${stack.collector.url}/v1/logs`, {
    resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords: entries.map(logRecord) }] }],
  });

const logRecord = ({ id, time, eventName = "chainwatch.request" }: Entry) => ({
  ...(time !== undefined && { timeUnixNano: nanoseconds(time) }),
  observedTimeUnixNano: nanoseconds(OBSERVED),
  eventName,
  attributes: [{ key: "chainwatch.request.id", value: { stringValue: id } }],
});

async function idsIn(day: string): Promise<string[]> {
  return ((await stack.recordLines()).get(`requests_${day}.jsonl`) ?? []).flatMap(requestIdsOf);
}

it("a record is in the file of the UTC day on which its request began, once, when it is accepted", async () => {
  await send(
    { id: "before-midnight", time: "2026-03-04T23:59:59.999Z" },
    { id: "after-midnight", time: "2026-03-05T00:00:00Z" },
    { id: "also-before", time: "2026-03-04T22:00:00Z" },
    { id: "time-unknown" },
  );
  // At once: there is nothing to wait for.
  expect(await idsIn("2026-03-04")).toEqual(["before-midnight", "also-before"]);
  expect(await idsIn("2026-03-05")).toEqual(["after-midnight"]);
  expect(await idsIn("2026-05-06")).toEqual(["time-unknown"]);
});

it("errors and the app's other logs are in no file", async () => {
  await send(
    { id: "an-error", time: OBSERVED, eventName: "chainwatch.error" },
    { id: "another-log", time: OBSERVED, eventName: "app.started" },
    { id: "a-request", time: OBSERVED },
  );
  const ids = await stack.recordedIds();
  expect(ids).toContain("a-request");
  expect(ids).not.toContain("an-error");
  expect(ids).not.toContain("another-log");
});

it("a kill after the answer takes no line, and the next start goes on in the same file", async () => {
  const day = "2026-07-08";
  const expected: string[] = [];
  for (let round = 1; round <= 3; round += 1) {
    for (let number = 1; number <= 20; number += 1) {
      const id = `round-${round}-${number}`;
      await send({ id, time: `${day}T10:00:00Z` });
      expected.push(id);
    }
    await stack.collector.part.kill();
    expect(await idsIn(day)).toEqual(expected);
    await stack.collector.part.start();
  }
  await send({ id: "the-last", time: `${day}T11:00:00Z` });
  expect(await idsIn(day)).toEqual([...expected, "the-last"]);
});
