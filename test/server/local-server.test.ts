import { existsSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { defaultRules } from "../../src/alert/default-rules.js";
import type { Rule } from "../../src/alert/rule.js";
import { Secret } from "../../src/receive/secret.js";
import { recordedChannel } from "../notify/recorded-channel.js";
import { requestDurationsBody, requestRecordBody, tracesBody } from "./example-telemetry.js";
import { call, json, post, runningServer, temporaryFolder } from "./running-server.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const ONE_SPAN = tracesBody(TRACE, [
  { name: "request chat", spanId: "00000000000000f1", startedMsAgo: 500, durationMs: 400 },
]);

test("a fresh server waits, lives and is ready", async () => {
  const server = await runningServer();
  expect(await json(server, "/api/status")).toMatchObject({ waiting: true, spans: 0, requests: 0, services: [] });
  expect((await call(server, "/healthz")).body).toBe("ok\n");
  expect((await call(server, "/readyz")).body).toBe("ready\n");
});

test("what was sent over OTLP is read back over the API", async () => {
  const server = await runningServer();
  const spans = [
    { name: "request chat", spanId: "00000000000000f1", startedMsAgo: 900, durationMs: 812.345 },
    {
      name: "chat gpt-4o",
      spanId: "00000000000000f2",
      parentSpanId: "00000000000000f1",
      startedMsAgo: 800,
      durationMs: 700,
      failed: true,
      attributes: { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 30 },
    },
  ];
  expect((await post(server, "/v1/traces", tracesBody(TRACE, spans))).status).toBe(200);
  const record = { requestId: "r-1", traceId: TRACE, userId: "user_001", outcome: "success", durationS: 0.81 } as const;
  expect((await post(server, "/v1/logs", requestRecordBody(record))).status).toBe(200);

  const trace = await json(server, `/api/traces/${TRACE}`);
  expect(trace.spans.map((span: { name: string }) => span.name)).toEqual(["request chat", "chat gpt-4o"]);
  expect(trace.spans[0]).toMatchObject({ service: "shop", status: "unset", kind: "internal" });
  expect(trace.spans[0].duration).toBeCloseTo(0.812345, 5);
  expect(trace.spans[0]).not.toHaveProperty("parent_span_id");
  expect(trace.spans[0].start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(trace.spans[1]).toMatchObject({
    parent_span_id: "00000000000000f1",
    status: "error",
    status_message: "it failed",
    attributes: { "gen_ai.usage.input_tokens": 30 },
  });
  expect(trace.requests).toMatchObject([{ request_id: "r-1", user_id: "user_001", tokens: { total: 38 } }]);

  const { traces } = await json(server, "/api/traces?limit=5");
  expect(traces).toMatchObject([{ trace_id: TRACE, name: "request chat", spans: 2 }]);
  const { requests } = await json(server, "/api/requests?user=user_001");
  expect(requests).toHaveLength(1);
  expect(await json(server, "/api/requests?user=nobody")).toEqual({ requests: [] });
  expect(await json(server, "/api/status")).toMatchObject({ waiting: false, spans: 2, requests: 1 });
});

test("the requests behind a figure are those that ended in its window, in the order asked for", async () => {
  const server = await runningServer();
  const send = (requestId: string, durationS: number, outcome: "success" | "error", userId = "user_001") =>
    post(server, "/v1/logs", requestRecordBody({ requestId, traceId: TRACE, userId, outcome, durationS }));
  await send("slow", 90, "success");
  await send("quick", 1, "success");
  await send("failed", 2, "error");
  const at = (secondsAgo: number) => encodeURIComponent(new Date(Date.now() - secondsAgo * 1000).toISOString());
  const idsOf = async (query: string) => {
    const { requests } = await json(server, `/api/requests?${query}`);
    return requests.map((request: { request_id: string }) => request.request_id);
  };

  // All ended in the last minute, and one began before it.
  const minute = `ended_from=${at(60)}&ended_to=${at(0)}`;
  expect(await idsOf(`${minute}&sort=slowest`)).toEqual(["slow", "failed", "quick"]);
  expect(await idsOf(`${minute}&sort=slowest&limit=1`)).toEqual(["slow"]);
  expect(await idsOf(minute)).toEqual(["quick", "failed", "slow"]);
  expect(await idsOf(`${minute}&outcome=error`)).toEqual(["failed"]);
  expect(await idsOf(`${minute}&sort=most_expensive`)).toEqual([]);
  expect(await idsOf(`from=${at(60)}&to=${at(0)}`)).toEqual(["quick", "failed"]);
  expect(await idsOf(`ended_from=${at(360)}&ended_to=${at(60)}`)).toEqual([]);

  const figure = await json(server, `/api/indicators/users.active?window=60&at=${at(0)}`);
  expect(figure.samples).toMatchObject([{ value: 1, count: 3 }]);

  for (const [query, message] of [
    [`ended_from=${at(60)}`, "one of them alone"],
    [`${minute}&from=${at(60)}`, "found two of them"],
    ["sort=slowest", "ended_from and ended_to beside it"],
    [`${minute}&sort=oldest`, "newest, slowest, most_expensive"],
  ]) {
    const answer = await call(server, `/api/requests?${query}`);
    expect(answer.status, query).toBe(400);
    expect(answer.body).toContain(message);
  }
});

test("where people find the traces in Jaeger, and where figures come from, is told", async () => {
  const sources = { metrics: "local", records: "local" };
  const status = await json(await runningServer({ jaegerUrl: "http://127.0.0.1:16686" }), "/api/status");
  expect(status).toMatchObject({ sources, jaeger_url: "http://127.0.0.1:16686" });
  expect(await json(await runningServer(), "/api/status")).not.toHaveProperty("jaeger_url");
});

test("with a Prometheus that is down the server receives, counts records, and says why figures are missing", async () => {
  const url = "http://127.0.0.1:9";
  const server = await runningServer({ source: { url } });
  const record = { requestId: "r-1", traceId: TRACE, userId: "user_001", outcome: "success", durationS: 1 } as const;
  expect((await post(server, "/v1/logs", requestRecordBody(record))).status).toBe(200);
  expect((await json(server, "/api/status")).sources).toEqual({ metrics: `prometheus ${url}`, records: "local" });
  expect((await json(server, "/api/indicators/users.active")).samples).toMatchObject([{ value: 1 }]);
  expect((await call(server, "/metrics")).body).toContain('chainwatch_users_active{service="shop"} 1\n');

  const figures = await call(server, "/api/indicators");
  expect(figures.status).toBe(503);
  expect(figures.body).toContain(url);
  const { rules } = await server.evaluateNow();
  expect(rules).toHaveLength(6);
  for (const { id, state, error } of rules)
    expect([id, state, error]).toEqual([id, "inactive", expect.stringContaining(url)]);
});

test("a rule in PromQL is asked of the Prometheus that the figures come from", async () => {
  const asked: string[] = [];
  const prometheus = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(new URLSearchParams(body).get("query") ?? "");
    const result = [{ metric: { job: "shop" }, value: [Date.now() / 1000, "7"] }];
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => prometheus.once("listening", listening));
  onTestFinished(() => void prometheus.close());
  const [base] = defaultRules();
  if (base === undefined) throw new Error("no default rule");
  const rule: Rule = {
    ...base,
    id: "too-many",
    question: { kind: "expr", expr: "sum by (job) (up)" },
    unit: "",
    minRequests: 0,
  };
  const url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`;
  const server = await runningServer({ source: { url }, rules: [{ ...rule, when: { op: ">", value: 5 } }] });
  const { active } = await server.evaluateNow();
  expect(active).toMatchObject([{ rule: "too-many", to: "firing", value: 7, labels: { job: "shop" } }]);
  expect(asked).toContain("sum by (job) (up)");
});

test("Prometheus reads record indicators and the server's own counters", async () => {
  const server = await runningServer();
  for (const [index, userId] of ["user_001", "user_002", "user_001"].entries()) {
    const record = { requestId: `r-${index}`, traceId: TRACE, userId, outcome: "success", durationS: 1 } as const;
    await post(server, "/v1/logs", requestRecordBody(record));
  }
  await post(server, "/v1/traces", ONE_SPAN);
  await post(server, "/v1/traces", "{ not JSON");
  const { body, headers } = await call(server, "/metrics");
  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(body).toContain('chainwatch_users_active{service="shop"} 2\n');
  expect(body).toContain("chainwatch_server_spans_stored_total 1\n");
  expect(body).toContain("chainwatch_server_records_stored_total 3\n");
  expect(body).toContain('chainwatch_server_otlp_requests_total{path="/v1/traces",code="400"} 1\n');
  expect(body).toContain('chainwatch_server_otlp_requests_total{path="/v1/logs",code="200"} 3\n');
});

test("failing requests become a firing alert, in the channel and in the API", async () => {
  const sent: AlertTransition[] = [];
  const server = await runningServer({ channels: [recordedChannel((alert) => sent.push(alert))] });
  await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
  const view = await server.evaluateNow();
  expect(view.active.map(({ rule, to }) => [rule, to])).toContainEqual(["very-low-success-rate", "firing"]);
  expect(sent).toMatchObject([{ rule: "very-low-success-rate", value: 50, to: "firing" }]);
  const alerts = await json(server, "/api/alerts");
  expect(alerts.rules.find(({ id }: { id: string }) => id === "very-low-success-rate")).toMatchObject({
    state: "firing",
    value: 50,
  });
  expect((await json(server, "/api/rules")).rules).toHaveLength(6);
  const { indicators } = await json(server, "/api/indicators?window=60");
  expect(indicators.find(({ id }: { id: string }) => id === "success_rate")).toMatchObject({ value: 50, count: 10 });
});

test("open pages are told within a moment that something changed", async () => {
  const server = await runningServer();
  const leaving = new AbortController();
  const response = await fetch(`${server.url}/api/stream`, { signal: leaving.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  await post(server, "/v1/traces", ONE_SPAN);
  let heard = "";
  while (!heard.includes("\n\nevent: changed")) heard += (await reader.read()).value ?? "";
  while (!heard.endsWith("}\n\n")) heard += (await reader.read()).value ?? "";
  expect(heard).toContain('event: changed\ndata: {"what":["traces"]}\n\n');
  leaving.abort();
});

test("a name that is made to resolve here is refused, and stores nothing", async () => {
  const server = await runningServer();
  for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1.evil.example", "10.0.0.1"]) {
    expect((await call(server, "/api/status", { headers: { host } })).status, host).toBe(403);
    expect((await post(server, "/v1/traces", ONE_SPAN, { host })).status, host).toBe(403);
  }
  for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `[::1]:${server.port}`]) {
    expect((await call(server, "/api/status", { headers: { host } })).status, host).toBe(200);
  }
  expect(await json(server, "/api/status")).toMatchObject({ spans: 0 });
});

test("the external URL's host is allowed, and no other", async () => {
  const server = await runningServer({ externalUrl: "https://watch.example.com" });
  expect(server.url).toBe("https://watch.example.com");
  expect((await call(server, "/api/status", { headers: { host: "watch.example.com" } })).status).toBe(200);
  expect((await call(server, "/api/status", { headers: { host: "example.com" } })).status).toBe(403);
  const headers = { host: "watch.example.com", origin: "https://watch.example.com" };
  expect((await post(server, "/v1/traces", ONE_SPAN, headers)).status).toBe(200);
});

test("a POST from a page of another origin is refused, and stores nothing", async () => {
  const server = await runningServer();
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
    expect((await post(server, "/v1/traces", ONE_SPAN, { origin })).status, origin).toBe(403);
    // What a form can send needs no permission of the browser's.
    const simple = await post(server, "/v1/traces", ONE_SPAN, { origin, "content-type": "text/plain" });
    expect(simple.status, origin).toBe(403);
  }
  expect((await post(server, "/v1/traces", ONE_SPAN, { "content-type": "text/plain" })).status).toBe(415);
  expect(await json(server, "/api/status")).toMatchObject({ spans: 0 });
  expect(
    (await post(server, "/v1/traces", ONE_SPAN, { origin: server.url, host: `127.0.0.1:${server.port}` })).status,
  ).toBe(200);
});

test("with a token, data is for those who bring it, in a header or by cookie", async () => {
  const server = await runningServer({ token: new Secret("s3cret-token") });
  for (const path of ["/api/status", "/api/stream", "/metrics", `/api/traces/${TRACE}`]) {
    expect((await call(server, path)).status, path).toBe(401);
    expect((await call(server, path, { headers: { authorization: "Bearer wrong" } })).status, path).toBe(401);
  }
  expect((await post(server, "/v1/traces", ONE_SPAN)).status).toBe(401);
  const authorization = "Bearer s3cret-token";
  expect((await post(server, "/v1/traces", ONE_SPAN, { authorization })).status).toBe(200);
  expect((await call(server, "/api/status", { headers: { authorization } })).body).toContain('"spans":1');
  // Whoever has the token may use the name by which its network knows this server.
  expect((await call(server, "/api/status", { headers: { authorization, host: "chainwatch:4318" } })).status).toBe(200);
  for (const path of ["/", "/healthz", "/readyz"]) expect((await call(server, path)).status, path).toBe(200);

  expect((await post(server, "/api/login", JSON.stringify({ token: "guess" }))).status).toBe(401);
  expect((await post(server, "/api/login", '{"token":"s3cret-token"}', { "content-type": "text/plain" })).status).toBe(
    415,
  );
  expect((await post(server, "/api/login", "x".repeat(10_000))).status).toBe(413);
  const login = await post(server, "/api/login", JSON.stringify({ token: "s3cret-token" }));
  const [setCookie = ""] = login.headers["set-cookie"] ?? [];
  expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict;/);
  expect(setCookie).not.toContain("s3cret-token");
  const cookie = `other=1; ${setCookie.split(";")[0]}`;
  expect((await call(server, "/api/status", { headers: { cookie } })).status).toBe(200);
  expect((await call(server, "/api/status", { headers: { cookie: `${cookie}0` } })).status).toBe(401);
});

test("two servers on one host do not log each other out: a browser has the cookies of all ports", async () => {
  const servers = await Promise.all(["first", "second"].map((name) => runningServer({ token: new Secret(name) })));
  const jar = new Map<string, string>();
  for (const [index, server] of servers.entries()) {
    const login = await post(server, "/api/login", JSON.stringify({ token: ["first", "second"][index] }));
    const [name = "", value = ""] = login.headers["set-cookie"]?.[0]?.split(";")[0]?.split("=") ?? [];
    jar.set(name, value);
  }
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const server of servers) {
    expect((await call(server, "/api/status", { headers: { cookie } })).status).toBe(200);
  }
});

test("the login address opens the page once, and says nothing of the token", async () => {
  const server = await runningServer({ token: new Secret("s3cret-token"), loginAddress: true });
  const [, code = ""] = /^http:\/\/127\.0\.0\.1:\d+\/login#code=([\w-]{32})$/.exec(server.loginUrl ?? "") ?? [];
  expect((await call(server, "/login")).status).toBe(200);
  const logIn = (body: object) => post(server, "/api/login", JSON.stringify(body));

  for (const wrong of [
    { code: "guess" },
    { token: code },
    { code: "s3cret-token" },
    { code: "" },
    {},
    { code: [code] },
  ]) {
    expect((await logIn(wrong)).status, JSON.stringify(wrong)).toBe(401);
  }
  const first = await logIn({ code });
  expect(first.status).toBe(200);
  const [cookie = ""] = first.headers["set-cookie"]?.[0]?.split(";") ?? [];
  expect(cookie).not.toContain("s3cret-token");
  expect(cookie).not.toContain(code);
  expect((await call(server, "/api/status", { headers: { cookie } })).status).toBe(200);

  const second = await logIn({ code });
  expect(second.status).toBe(401);
  expect(second.headers["set-cookie"]).toBeUndefined();
  expect(second.body).toContain("login code was used");
  // The code is no token: it opens nothing but the page's login.
  expect((await call(server, "/api/status", { headers: { authorization: `Bearer ${code}` } })).status).toBe(401);
});

test("a login address is of one start, and is only given where it is asked for", async () => {
  const token = new Secret("s3cret-token");
  const first = await runningServer({ token, loginAddress: true });
  const second = await runningServer({ token, loginAddress: true });
  const [, code] = first.loginUrl?.split("#code=") ?? [];
  expect(second.loginUrl).not.toContain(code);
  expect((await post(second, "/api/login", JSON.stringify({ code }))).status).toBe(401);
  const without = await runningServer({ token });
  expect(without.loginUrl).toBeUndefined();
  expect((await post(without, "/api/login", JSON.stringify({ code: "" }))).status).toBe(401);
});

test("probes are answered under any name and without the token, and learn nothing else", async () => {
  const server = await runningServer({ token: new Secret("s3cret-token") });
  for (const host of ["127.0.0.1", "localhost:4318", "chainwatch:4318", "evil.example"]) {
    for (const path of ["/healthz", "/readyz"]) {
      expect((await call(server, path, { headers: { host } })).status, `${host} ${path}`).toBe(200);
    }
  }
});

test("every view is the same page under a policy without inline code, and assets never leave their folder", async () => {
  const server = await runningServer({ pageLanguage: "zh" });
  const page = await call(server, "/");
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(page.headers["content-security-policy"]).not.toContain("unsafe");
  expect(page.headers["x-content-type-options"]).toBe("nosniff");
  expect(page.body).toContain('name="chainwatch-language" content="zh"');
  expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  for (const path of ["/traces", `/traces/${TRACE}`, "/alerts", "/index.html"]) {
    expect((await call(server, path)).body, path).toBe(page.body);
  }
  const [script = ""] = /\/assets\/[^"]+\.js/.exec(page.body) ?? [];
  const code = await call(server, script);
  expect(code.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  expect(code.headers["cache-control"]).toContain("immutable");
  expect((await call(server, "/assets/../../package.json")).body).not.toContain('"chainwatch"');
  expect((await call(server, "/assets/nothing.js")).status).toBe(404);
  expect((await call(server, "/traces", { method: "DELETE" })).status).toBe(405);
  expect((await call(server, "/v1/profiles", { method: "POST" })).status).toBe(404);
});

test("a taken port is an error with the cure, before the data folder is touched", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => other.once("listening", listening));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const dataDir = join(temporaryFolder(), "data");
  await expect(runningServer({ port, dataDir })).rejects.toThrow(
    new RegExp(`option "port": expected a free port on 127\\.0\\.0\\.1, found ${port}.*--port or CHAINWATCH_PORT`),
  );
  expect(existsSync(dataDir)).toBe(false);
  const fallen = await runningServer({ port, dataDir, portFallback: true });
  expect(fallen.port).not.toBe(port);
  expect(fallen.url).toBe(`http://127.0.0.1:${fallen.port}`);
});

test("a file in place of the data folder, or of the folder around it, is an error with the cure", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  await expect(runningServer({ dataDir: file })).rejects.toThrow(
    /option "data-dir": expected a folder that can be made and written in, found ".*file"\. Cure: it is a file; name another folder with --data-dir or CHAINWATCH_DATA_DIR\.$/,
  );
  await expect(runningServer({ dataDir: join(file, "data") })).rejects.toThrow(/Cure: a part of its path is a file;/);
});

test("what is sent to a path that takes nothing is told so, and where OTLP goes", async () => {
  const server = await runningServer();
  const sent = (path: string, type = "application/x-protobuf") =>
    call(server, path, { method: "POST", headers: { "content-type": type }, body: "x" });
  for (const path of ["/otlp/v1/traces", "/api/public/otel/v1/traces"]) {
    const { status, body } = await sent(path);
    expect([status, body]).toEqual([404, expect.stringContaining("this server receives OTLP at /v1/traces")]);
  }
  expect((await sent("/nowhere")).status).toBe(404);
  const query = await sent("/api/v1/query", "application/x-www-form-urlencoded");
  expect([query.status, query.headers.server]).toEqual([404, "chainwatch"]);
  for (const path of ["/", "/metrics"]) expect((await sent(path)).status, path).toBe(405);
  expect((await sent("/api/silences")).status).toBe(415);
});

test("an address that is not of this machine is an error with the cure", async () => {
  await expect(runningServer({ host: "192.0.2.1" })).rejects.toThrow(
    /option "host": expected an address of this machine/,
  );
});

test("a second server on the same data is refused and leaves the first alone", async () => {
  const dataDir = temporaryFolder();
  const first = await runningServer({ dataDir });
  await expect(runningServer({ dataDir })).rejects.toThrow(/in use by process \d+/);
  expect((await post(first, "/v1/traces", ONE_SPAN)).status).toBe(200);
});

test("closing finishes the request under way, and what it sent is there after a restart", async () => {
  const dataDir = temporaryFolder();
  const server = await runningServer({ dataDir });
  const half = Math.floor(ONE_SPAN.length / 2);
  const answered = new Promise<number>((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port: server.port,
      path: "/v1/traces",
      method: "POST",
      headers: { "content-type": "application/json", "content-length": ONE_SPAN.length },
    });
    sent.on("response", (response) => resolve(response.resume().statusCode ?? 0));
    sent.on("error", reject);
    sent.write(ONE_SPAN.slice(0, half), () => {
      void server.close();
      // The server no longer takes connections, and still reads this one.
      void call(server, "/healthz").then(
        () => reject(new Error("still listening")),
        () => sent.end(ONE_SPAN.slice(half)),
      );
    });
  });
  expect(await answered).toBe(200);
  await server.close();
  const again = await runningServer({ dataDir });
  expect(await json(again, "/api/status")).toMatchObject({ spans: 1 });
});
