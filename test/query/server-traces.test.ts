import { expect, test } from "vitest";
import { ServerClient } from "../../src/query/server-client.js";
import { ServerTraces } from "../../src/query/server-traces.js";
import { requestRecordBody } from "../server/example-telemetry.js";
import { post, runningServer } from "../server/running-server.js";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

test("a running server gives its requests, by time and filter, as its store does", async () => {
  const server = await runningServer();
  const record = { requestId: "r1", traceId: TRACE_ID, userId: "ann", outcome: "error", durationS: 1 } as const;
  await post(server, "/v1/logs", requestRecordBody(record));
  const traces = new ServerTraces(new ServerClient({ url: server.url }));
  const time = { fromMs: Date.now() - 60_000, toMs: Date.now() + 1000 };
  const found = await traces.requests({ ...time, user: "ann", outcome: "error", traceId: TRACE_ID, limit: 5 });
  expect(found).toMatchObject([{ trace_id: TRACE_ID, outcome: "error" }]);
  expect(await traces.requests({ ...time, user: "bob" })).toEqual([]);
  expect(await traces.requests({ fromMs: time.toMs, toMs: time.toMs + 1000 })).toEqual([]);
  expect(await traces.traces({ ...time, sort: "slowest", minDurationS: 100 })).toEqual([]);
  expect(await traces.errors({ ...time, limit: 5 })).toEqual([]);
});
