import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Secret } from "../../src/receive/secret.js";
import type { LocalServer } from "../../src/server/local-server.js";
import { requestRecordBody, tracesBody } from "./example-telemetry.js";
import { call, json, post, runningServer } from "./running-server.js";

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const TODAY = (): string => new Date().toISOString().slice(0, 10);

/** A request with its trace. */
async function send(server: LocalServer, n: number, userId: string, text = ""): Promise<void> {
  const traceId = hex(n, 32);
  const attributes = { "user.id": userId, "gen_ai.input.messages": JSON.stringify([text]) };
  const root = { name: "request chat", spanId: "00000000000000f1", startedMsAgo: 500, durationMs: 400, attributes };
  const record = { requestId: `r${n}`, traceId, userId, outcome: "success", durationS: 0.4 } as const;
  for (const [path, body] of [
    ["/v1/traces", tracesBody(traceId, [root])],
    ["/v1/logs", requestRecordBody(record)],
  ] as const) {
    expect((await post(server, path, body)).status).toBe(200);
  }
}

const idsIn = (lines: string): string[] =>
  lines
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).request_id);

test("records come page by page, the newest first, each once while more arrive", async () => {
  const server = await runningServer();
  for (let n = 1; n <= 5; n += 1) await send(server, n, "ann");
  const first = await json(server, "/api/requests?limit=2");
  await send(server, 6, "ann");
  const second = await json(server, `/api/requests?limit=2&cursor=${first.next_cursor}`);
  const third = await json(server, `/api/requests?limit=2&cursor=${second.next_cursor}`);
  const ids = [first, second, third].map(({ requests }) =>
    requests.map((each: { request_id: string }) => each.request_id),
  );
  expect(ids).toEqual([["r5", "r4"], ["r3", "r2"], ["r1"]]);
  expect(third).not.toHaveProperty("next_cursor");
  const refused = await call(server, "/api/requests?cursor=1-2");
  expect([refused.status, JSON.parse(refused.body).error.message]).toEqual([
    400,
    expect.stringContaining("next_cursor"),
  ]);
});

test("an export has every record of its filter, as JSON lines or CSV, also beyond a page", async () => {
  const server = await runningServer();
  const many = Array.from({ length: 1_203 }, (_, n) => n);
  const bodies = many.map((n) =>
    JSON.parse(
      requestRecordBody({
        ...{ requestId: `r${n}`, traceId: hex(n + 1, 32), outcome: "success", durationS: 0.1 },
        userId: n === 7 ? '=HYPERLINK("http://evil.example")' : "ann",
      }),
    ),
  );
  const resourceLogs = bodies.flatMap((body) => body.resourceLogs);
  expect((await post(server, "/v1/logs", JSON.stringify({ resourceLogs }))).status).toBe(200);

  const lines = await call(server, "/api/requests/export");
  expect(lines.headers).toMatchObject({
    "content-type": "application/x-ndjson",
    "content-disposition": 'attachment; filename="requests.jsonl"',
    "x-content-type-options": "nosniff",
  });
  expect(idsIn(lines.body).sort()).toEqual(many.map((n) => `r${n}`).sort());
  expect(idsIn((await call(server, "/api/requests/export?user=nobody")).body)).toEqual([]);

  const csv = await call(server, "/api/requests/export?format=csv&user=%3DHYPERLINK(%22http%3A%2F%2Fevil.example%22)");
  expect(csv.headers["content-disposition"]).toBe('attachment; filename="requests.csv"');
  const [heading, row, ...rest] = csv.body.split("\r\n");
  expect(heading).toMatch(/^request_id,timestamp,service,.*,tokens_input,.*,trace_sampled$/);
  // A spreadsheet would run it.
  expect(row).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect(rest).toEqual([""]);

  for (const path of ["?format=xml", "?limit=5", "?from=2026-01-01T00:00:00Z&ended_from=2026-01-01T00:00:00Z"]) {
    expect((await call(server, `/api/requests/export${path}`)).status).toBe(400);
  }
});

test("the JSON lines of a day are listed and downloaded; nothing else of the folder is", async () => {
  const server = await runningServer();
  await send(server, 1, "ann");
  await send(server, 2, "bob");
  const { days } = await json(server, "/api/requests/days");
  expect(days).toEqual([{ day: TODAY(), bytes: expect.any(Number), requests: 2 }]);
  const file = await call(server, `/api/requests/days/${TODAY()}`);
  expect(file.headers).toMatchObject({
    "content-type": "application/x-ndjson",
    "content-disposition": `attachment; filename="requests_${TODAY()}.jsonl"`,
  });
  expect(file.body).toBe(readFileSync(join(server.dataDir, `requests_${TODAY()}.jsonl`), "utf8"));
  expect(Buffer.byteLength(file.body)).toBe(days[0].bytes);
  const head = await call(server, `/api/requests/days/${TODAY()}`, { method: "HEAD" });
  expect([head.status, head.body]).toEqual([200, ""]);

  const missing = await call(server, "/api/requests/days/2001-01-01");
  expect([missing.status, JSON.parse(missing.body).error.expected]).toEqual([404, TODAY()]);
  writeFileSync(join(server.dataDir, "requests_x.jsonl"), "secret");
  for (const name of ["x", "..%2Ftelemetry.db", "%2e%2e%2ftelemetry.db", `${TODAY()}%00`, "2026-1-1"]) {
    expect((await call(server, `/api/requests/days/${name}`)).status).toBe(400);
  }
});

test("a user's data is deleted: no file holds it any more, what others did is there, open pages are told", async () => {
  const server = await runningServer();
  const odd = "ann/müller?&#%";
  await send(server, 1, odd, "canary-4711");
  await send(server, 2, "bob", "fine");
  const stream = await fetch(`${server.url}/api/stream`);
  const events = stream.body?.pipeThrough(new TextDecoderStream()).getReader();

  const answer = await call(server, `/api/users?id=${encodeURIComponent(odd)}`, { method: "DELETE" });
  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    200,
    {
      user_id: odd,
      deleted: { requests: 1, traces: 1, spans: 1, errors: 0, json_lines: 1, totals: expect.any(Number), points: 0 },
      set_aside: [],
    },
  ]);
  expect((await json(server, "/api/requests")).requests).toMatchObject([{ user_id: "bob" }]);
  expect((await json(server, "/api/traces")).traces).toMatchObject([{ user_id: "bob" }]);
  const texts = readdirSync(server.dataDir).map((file) => readFileSync(join(server.dataDir, file)));
  for (const held of ["canary-4711", odd, "müller"]) expect(texts.some((text) => text.includes(held))).toBe(false);
  expect(texts.some((text) => text.includes("bob"))).toBe(true);

  let told = "";
  while (!told.includes('"traces"')) told += (await events?.read())?.value;
  await events?.cancel();

  await send(server, 3, "bob");
  expect(idsIn((await call(server, `/api/requests/days/${TODAY()}`)).body)).toEqual(["r2", "r3"]);
  expect(JSON.parse((await call(server, "/api/users?id=nobody", { method: "DELETE" })).body).deleted.requests).toBe(0);
});

test("no web page of another origin, no other name and nobody without the token can delete", async () => {
  const server = await runningServer({ token: new Secret("t0ken") });
  const authorization = "Bearer t0ken";
  const sent = await post(
    server,
    "/v1/logs",
    requestRecordBody({ requestId: "r1", traceId: hex(1, 32), userId: "ann", outcome: "success", durationS: 0.1 }),
    { authorization },
  );
  expect(sent.status).toBe(200);
  const remove = (headers: Record<string, string>) => call(server, "/api/users?id=ann", { method: "DELETE", headers });
  expect((await remove({})).status).toBe(401);
  expect((await remove({ origin: "https://evil.example", authorization })).status).toBe(403);
  expect((await remove({ host: "evil.example" })).status).toBe(403);
  // What a form of another site can send.
  const form = { "content-type": "application/x-www-form-urlencoded", authorization };
  const posted = await call(server, "/api/users?id=ann&_method=DELETE", { method: "POST", headers: form });
  expect(posted.status).toBe(405);
  const preflight = await call(server, "/api/users?id=ann", {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-method": "DELETE" },
  });
  expect([preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  const { requests } = JSON.parse((await call(server, "/api/requests", { headers: { authorization } })).body);
  expect(requests).toHaveLength(1);
});
