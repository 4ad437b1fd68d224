import { expect, test } from "vitest";
import { ServerClient, type ServerClientOptions } from "../../src/query/server-client.js";
import { ServerSource } from "../../src/query/server-source.js";
import { Secret } from "../../src/receive/secret.js";
import { requestRecordBody } from "../server/example-telemetry.js";
import { post, runningServer } from "../server/running-server.js";
import { PrometheusServer } from "./prometheus/prometheus-server.js";

const serverSource = (options: ServerClientOptions) => new ServerSource(new ServerClient(options));

const question = { indicator: "users.active", windowS: 3600, atMs: Date.now() };

test("a running server answers with values and counts, split and filtered, at the time that is asked", async () => {
  const server = await runningServer();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const record = { requestId: "r1", traceId, userId: "ann", outcome: "success", durationS: 1 } as const;
  await post(server, "/v1/logs", requestRecordBody(record));
  const source = serverSource({ url: server.url });
  expect(source.name).toBe(`local ${server.url}`);
  const now = { ...question, atMs: Date.now() };
  expect(await source.query({ ...now, by: ["service", "type"], where: { service: "shop" } })).toEqual([
    { labels: { service: "shop", type: "chat" }, value: 1, count: 1 },
  ]);
  expect(await source.query({ ...now, where: { service: "other" } })).toEqual([]);
  expect(await source.query({ ...now, atMs: now.atMs - 7_200_000 })).toEqual([]);
});

test("a question that cannot be answered is not one that failed", async () => {
  const source = serverSource({ url: (await runningServer()).url });
  await expect(source.query({ ...question, by: ["model"] })).rejects.toMatchObject({ reason: "invalid_question" });
});

test("a token is shown, and asked for where it is missing", async () => {
  const { url } = await runningServer({ token: new Secret("f".repeat(48)) });
  expect(await serverSource({ url, token: new Secret("f".repeat(48)) }).query(question)).toEqual([]);
  await expect(serverSource({ url }).query(question)).rejects.toThrow("set CHAINWATCH_TOKEN");
});

test("who does not answer, and who is no Chainwatch server, is an error", async () => {
  const gone = serverSource({ url: "http://127.0.0.1:9" });
  await expect(gone.query(question)).rejects.toMatchObject({ reason: "source_failed" });
  const other = await PrometheusServer.handling((_, response) => response.end("<html>"));
  await expect(serverSource({ url: other.url }).query(question)).rejects.toThrow(
    "no Chainwatch server → correct --source",
  );
  const empty = await PrometheusServer.answering(() => []);
  await expect(serverSource({ url: empty.url }).query(question)).rejects.toThrow("no Chainwatch server");
  const silent = await PrometheusServer.handling(() => {});
  await expect(serverSource({ url: silent.url, timeoutS: 0.05 }).query(question)).rejects.toMatchObject({
    reason: "timeout",
  });
});
