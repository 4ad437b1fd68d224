import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { IndicatorQuery } from "../../../src/query/metric-source.js";
import { PrometheusSource } from "../../../src/query/prometheus/prometheus-source.js";
import type { QueryError } from "../../../src/query/query-error.js";
import { Secret } from "../../../src/receive/secret.js";
import { atMs } from "../example-app.js";
import { namesFound, PrometheusServer, vector } from "./prometheus-server.js";

const AT = atMs(0);
const COUNT: IndicatorQuery = { indicator: "requests.count", windowS: 300, atMs: AT };

const failure = (answer: Promise<unknown>): Promise<QueryError> =>
  answer.then(
    () => {
      throw new Error("there was an answer");
    },
    (error) => error,
  );

/** A Prometheus as it comes. Its metrics are these names, and each query is answered by the first pattern it has. */
function prometheus(answers: [pattern: string, data: object][], names = ["chainwatch_request_duration_seconds"]) {
  return PrometheusServer.answering(({ path, form }) => {
    if (path === "/api/v1/labels") return ["__name__", "service_name"];
    const found = namesFound(form, names);
    if (found) return found;
    return answers.find(([pattern]) => form.get("query")?.includes(pattern))?.[1] ?? vector();
  });
}

describe("a question", () => {
  it("is answered with a sample for each combination of the split, with its events", async () => {
    const server = await prometheus([
      [
        "histogram_quantile",
        vector([{ service_name: "shop" }, "1.5"], [{ service_name: "bot" }, "2"], [{ service_name: "idle" }, "NaN"]),
      ],
      ["histogram_count", vector([{ service_name: "shop" }, "7"], [{ service_name: "idle" }, "0"])],
    ]);
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query({ ...COUNT, indicator: "response_time.p95", by: ["service"] })).toEqual([
      { labels: { service: "shop" }, value: 1.5, count: 7 },
      { labels: { service: "bot" }, value: 2, count: 0 },
    ]);
  });

  it("arrives as a form, for its time, and asks VictoriaMetrics for the newest 30 s too", async () => {
    const server = await prometheus([["count", vector([{}, "4"])]]);
    const source = new PrometheusSource({ url: server.url, headers: { "x-scope-orgid": new Secret("team") } });
    expect(await source.query({ ...COUNT, atMs: AT + 250, where: { service: "shop" } })).toEqual([
      { labels: {}, value: 4, count: 4 },
    ]);
    const { path, form, request } = server.asked.at(-1) ?? expect.fail("nothing arrived");
    expect([request.method, path, request.headers["x-scope-orgid"]]).toEqual(["POST", "/api/v1/query", "team"]);
    expect(Object.fromEntries(form)).toEqual({
      query: expect.stringContaining('chainwatch_request_duration_seconds{service_name="shop"}[300s]'),
      time: String(AT / 1000 + 0.25),
      timeout: "10s",
      nocache: "1",
      latency_offset: "1ms",
    });
  });

  it("whose counts nobody needs is one query", async () => {
    const server = await prometheus([["histogram_quantile", vector([{}, "1.5"])]]);
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query({ ...COUNT, indicator: "response_time.p95", counts: false })).toEqual([
      { labels: {}, value: 1.5 },
    ]);
    expect(server.queries).toHaveLength(1);
  });

  it("that equals another one under way is asked once, and few are asked at a time", async () => {
    let underWay = 0;
    let most = 0;
    const server = await PrometheusServer.handling(async ({ form }, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const data = namesFound(form, ["chainwatch_request_duration_seconds"]) ?? vector([{}, "1"]);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data }));
    });
    const source = new PrometheusSource({ url: server.url });
    const ids = ["requests.count", "response_time.p50", "response_time.p95", "success_rate", "error_rate"];
    const windows = [60, 120, 180, 240, 300];
    await Promise.all(
      [...ids, ...ids].flatMap((indicator) => windows.map((windowS) => source.query({ ...COUNT, indicator, windowS }))),
    );
    expect(server.queries).toHaveLength(new Set(server.queries).size);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it("that was aborted sends nothing more, neither after the look nor from the queue", async () => {
    let seen = (): void => {};
    const open: ServerResponse[] = [];
    const looks: (() => void)[] = [];
    const server = await PrometheusServer.handling(({ form }, response) => {
      const data = namesFound(form, ["chainwatch_request_duration_seconds"]);
      const answer = (): void => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ status: "success", data }));
      };
      if (data === undefined) open.push(response);
      else looks.push(answer);
      seen();
    });
    const source = new PrometheusSource({ url: server.url });
    const ask = (windowS: number, signal: AbortSignal) => failure(source.query({ ...COUNT, windowS }, signal));
    const arrived = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        seen = () => condition() && resolve();
        seen();
      });

    const early = new AbortController();
    const first = ask(300, early.signal);
    await arrived(() => looks.length === 1);
    early.abort();
    expect(await first).toMatchObject({ reason: "timeout" });
    looks[0]?.();

    const stop = new AbortController();
    const questions = Promise.all(Array.from({ length: 20 }, (_, n) => ask(280 + n, stop.signal)));
    await arrived(() => open.length === 8);
    stop.abort();
    expect((await questions).map(({ reason }) => reason)).toEqual(Array(20).fill("timeout"));
    // Their places are free again, and the backend need not compute for nobody.
    await expect.poll(() => open.every((response) => response.destroyed)).toBe(true);
    const next = ask(100, AbortSignal.timeout(10_000));
    await arrived(() => open.length === 9);
    expect(server.queries).toHaveLength(9);
    expect(server.queries.at(-1)).toContain("[100s]");
    expect(server.queries.join()).not.toContain("[300s]");
    open[8]?.end("{}");
    expect(await next).toMatchObject({ reason: "source_failed" });
  });

  it("in PromQL is answered as it is, a scalar too", async () => {
    const server = await prometheus([["up", vector([{ __name__: "up", job: "a" }, "1"], [{ job: "b" }, "+Inf"])]]);
    const source = new PrometheusSource({ url: server.url });
    expect(await source.queryExpr({ expr: "up", atMs: AT })).toEqual([
      { labels: { __name__: "up", job: "a" }, value: 1 },
      { labels: { job: "b" }, value: Number.POSITIVE_INFINITY },
    ]);
    const scalar = await PrometheusServer.answering(() => ({ resultType: "scalar", result: [1, "2"] }));
    expect(await new PrometheusSource({ url: scalar.url }).queryExpr({ expr: "2", atMs: AT })).toEqual([
      { labels: {}, value: 2 },
    ]);
  });

  it("that only records can answer is refused", async () => {
    const source = new PrometheusSource({ url: "http://127.0.0.1:1" });
    expect(await failure(source.query({ ...COUNT, indicator: "users.active" }))).toMatchObject({
      reason: "unsupported_dimension",
    });
    expect(await failure(source.query({ ...COUNT, windowS: -1 }))).toMatchObject({ reason: "invalid_question" });
  });
});

describe("the dialect", () => {
  it.each([
    ["chainwatch_request_duration_seconds", [], "histogram_count(last_over_time(chainwatch_request_duration_seconds["],
    ["chainwatch_request_duration", [], "histogram_count(last_over_time(chainwatch_request_duration["],
    ["chainwatch_request_duration_seconds_count", [], "sum((last_over_time(chainwatch_request_duration_seconds_count["],
    [
      "chainwatch.request.duration_count",
      ["chainwatch.request.duration_bucket"],
      'sum((last_over_time({"chainwatch.request.duration_count"}[',
    ],
    ["chainwatch.request.duration_seconds_count", [], 'last_over_time({"chainwatch.request.duration_seconds_count"}['],
  ])("is known from the name %s", async (name, vmrange, query) => {
    const server = await PrometheusServer.answering(
      ({ form }) => namesFound(form, [name], vmrange) ?? vector([{}, "3"]),
    );
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query(COUNT)).toEqual([{ labels: {}, value: 3, count: 3 }]);
    expect(server.queries).toEqual([expect.stringContaining(query)]);
  });

  it("of vmrange buckets makes percentiles of the buckets", async () => {
    const server = await PrometheusServer.answering(({ form }) => {
      const query = form.get("query") ?? "";
      const names = namesFound(form, ["chainwatch.request.duration_count"], ["chainwatch.request.duration_bucket"]);
      if (names) return names;
      const [old, now] = ["1.000e+00...2.000e+00", "4.000e+00...8.000e+00"].map((vmrange) => ({ vmrange }));
      if (!query.includes("vmrange")) return vector([{}, "10"]);
      return query.includes("ignoring (vmrange) last_over_time")
        ? vector([old ?? {}, "90"])
        : vector([old ?? {}, "90"], [now ?? {}, "10"]);
    });
    const source = new PrometheusSource({ url: server.url });
    const [sample] = await source.query({ ...COUNT, indicator: "response_time.p50" });
    expect(sample).toMatchObject({ labels: {}, count: 10 });
    expect(sample?.value).toBeCloseTo(4 * 2 ** 0.5, 3);
  });

  it("is looked for again while nothing is found, but not by every question of a board", async () => {
    let names: string[] = [];
    const server = await PrometheusServer.answering(({ form }) => namesFound(form, names) ?? vector([{}, "3"]));
    const source = new PrometheusSource({ url: server.url });
    expect(await Promise.all([source.query(COUNT), source.query({ ...COUNT, indicator: "tools.calls" })])).toEqual([
      [],
      [],
    ]);
    expect(server.asked).toHaveLength(1);
    names = ["chainwatch_request_duration_seconds"];
    expect(await source.query({ ...COUNT, atMs: AT + 2900 })).toEqual([]);
    expect(await source.query({ ...COUNT, atMs: AT + 3000 })).toHaveLength(1);
    const looks = server.asked.length - server.queries.length;
    await source.query({ ...COUNT, atMs: AT + 17_900 });
    expect(server.asked.length - server.queries.length).toBe(looks);
  });

  it("is looked for again as soon where the window is long, by a look that is short", async () => {
    let names: string[] = [];
    const server = await PrometheusServer.answering(({ form }) => namesFound(form, names) ?? vector([{}, "3"]));
    const source = new PrometheusSource({ url: server.url });
    const overDay = (atMs: number) => source.query({ ...COUNT, windowS: 86_400, atMs });
    expect(await overDay(AT)).toEqual([]);
    expect(server.asked).toHaveLength(1);
    expect(await overDay(AT + 2900)).toEqual([]);
    expect(server.asked).toHaveLength(1);
    names = ["chainwatch_request_duration_seconds"];
    expect(await overDay(AT + 3000)).toHaveLength(1);
    expect(server.asked[1]?.form.get("query")).toContain("[300s]");
  });

  it("has every kind of histogram that apps send, and percentiles are of them all", async () => {
    const name = "chainwatch_request_duration_seconds";
    const server = await PrometheusServer.answering(({ form }) => {
      const query = form.get("query") ?? "";
      const names = namesFound(form, [name, `${name}_count`, `${name}_bucket`]);
      if (names) return names;
      if (query.includes("histogram_count")) return vector([{}, "8"]);
      if (query.includes("_bucket")) return vector([{ le: "1" }, "2"], [{ le: "4" }, "4"], [{ le: "+Inf" }, "4"]);
      const buckets = [
        [0, "4", "8", "3"],
        [0, "1.1", "1.2", "1"],
      ];
      return {
        resultType: "vector",
        result: [
          { metric: {}, histogram: [AT / 1000, { count: "4", sum: "19", buckets }] },
          { metric: {}, histogram: [AT / 1000, { count: "0", sum: "0" }] },
          { metric: {}, value: [AT / 1000, "1"] },
        ],
      };
    });
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query(COUNT)).toEqual([{ labels: {}, value: 8, count: 8 }]);
    expect(server.queries).toEqual([expect.stringContaining(`)) or last_over_time(${name}_count[300s])`)]);
    // 2 up to 1 s, 3 more up to 4 s, 3 beyond it.
    expect(await source.query({ ...COUNT, indicator: "response_time.p50" })).toEqual([
      { labels: {}, value: 3, count: 8 },
    ]);
  });

  it("gets the kind of an app that starts, and keeps those of other times", async () => {
    const name = "chainwatch_request_duration_seconds";
    let names = [`${name}_count`];
    const server = await PrometheusServer.answering(({ form }) => namesFound(form, names) ?? vector([{}, "3"]));
    const source = new PrometheusSource({ url: server.url });
    await source.query(COUNT);
    expect(server.queries.at(-1)).not.toContain("histogram_count");
    names = [name];
    await source.query({ ...COUNT, atMs: AT + 15_000 });
    expect(server.queries.at(-1)).toContain("histogram_count");
    expect(server.queries.at(-1)).toContain(`${name}_count`);
    const asked = server.asked.length;
    await source.query({ ...COUNT, indicator: "requests.rate" });
    await source.query({ ...COUNT, windowS: 60, atMs: AT + 14_000 });
    expect(server.asked.slice(asked).map(({ form }) => form.get("query"))).not.toContainEqual(
      expect.stringContaining("__name__"),
    );
  });

  it("is that of the question's own look, whichever look came after it", async () => {
    const name = "chainwatch_request_duration";
    const day = 86_400;
    const server = await PrometheusServer.answering(({ form }) => {
      const old = Number(form.get("time")) < AT / 1000;
      return namesFound(form, [old ? name : `${name}_seconds`]) ?? vector([{}, "3"]);
    });
    const source = new PrometheusSource({ url: server.url });
    const asked = async (atMs: number): Promise<string> => {
      await source.query({ ...COUNT, atMs });
      return server.queries.at(-1) ?? "";
    };
    expect(await asked(AT)).toContain(`${name}_seconds[`);
    expect(await asked(AT - day * 1000)).toContain(`${name}[`);
    expect(await asked(AT)).toContain(`${name}_seconds[`);
  });

  it("forgets a kind that none of the newest looks found", async () => {
    const name = "chainwatch_request_duration_seconds";
    let names = [name, `${name}_count`];
    const server = await PrometheusServer.answering(({ form }) => namesFound(form, names) ?? vector([{}, "3"]));
    const source = new PrometheusSource({ url: server.url });
    await source.query(COUNT);
    names = [name];
    for (let look = 1; look <= 8; look += 1) await source.query({ ...COUNT, atMs: AT + look * 15_000 });
    expect(server.queries.at(-2)).toContain(`${name}_count`);
    expect(server.queries.at(-1)).not.toContain(`${name}_count`);
  });

  it("of long times is looked for less often than that of now", async () => {
    const server = await prometheus([["count", vector([{}, "4"])]]);
    const source = new PrometheusSource({ url: server.url });
    const looks = async (windowS: number, seconds: number): Promise<number> => {
      const before = server.asked.length - server.queries.length;
      await source.query({ ...COUNT, windowS, atMs: AT + seconds * 1000 });
      return server.asked.length - server.queries.length - before;
    };
    const day = 86_400;
    expect([await looks(day, 0), await looks(300, 10), await looks(day, 600), await looks(300, 600)]).toEqual([
      1, 0, 0, 1,
    ]);
    expect([await looks(day, 900), await looks(day, 605), await looks(300, 605), await looks(300, -600)]).toEqual([
      1, 0, 0, 1,
    ]);
  });

  it("is looked for again, because a backend can be set up anew", async () => {
    let name = "chainwatch_request_duration_seconds";
    const server = await PrometheusServer.answering(
      ({ form }) =>
        namesFound(form, [name]) ?? (form.get("query")?.includes(`${name}[`) ? vector([{}, "3"]) : vector()),
    );
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query(COUNT)).toHaveLength(1);
    name = "chainwatch_request_duration";
    expect(await source.query({ ...COUNT, atMs: AT + 60_000 })).toHaveLength(1);
  });

  it("of an instrument that is not there yet is no reason to fail", async () => {
    const server = await prometheus(
      [["chainwatch_llm_tokens_total", vector([{}, "9"])]],
      ["chainwatch_llm_tokens_total"],
    );
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query({ ...COUNT, indicator: "tokens.input" })).toEqual([{ labels: {}, value: 9, count: 0 }]);
    expect(server.queries.some((query) => query.includes("histogram_count"))).toBe(false);
  });
});

describe("resource attributes that are no labels", () => {
  const bare = (labels: string[], targetLabels: string[] = []) =>
    PrometheusServer.answering(({ path, form }) => {
      if (path === "/api/v1/labels") return form.get("match[]")?.includes("target_info") ? targetLabels : labels;
      const found = namesFound(form, ["chainwatch_request_duration_seconds"]);
      return found ?? (form.get("query")?.includes("{") ? vector() : vector([{}, "3"]));
    });

  it("are named with the cure when something is asked by them", async () => {
    const server = await bare(["job", "outcome"]);
    const source = new PrometheusSource({ url: server.url });
    for (const more of [
      { by: ["service"] },
      { where: { service: "shop" } },
      { where: { environment: "prod" } },
    ] as const) {
      const error = await failure(source.query({ ...COUNT, ...more } as IndicatorQuery));
      expect(error).toMatchObject({ reason: "unsupported_dimension" });
      expect(error.message).toContain("promote_resource_attributes");
    }
    expect(await source.query(COUNT)).toHaveLength(1);
  });

  it("are lost one by one too: every app says its instance", async () => {
    const server = await bare(["service_name"]);
    const source = new PrometheusSource({ url: server.url });
    const error = await failure(source.query({ ...COUNT, by: ["instance"] }));
    expect(error.message).toContain("service.instance.id");
  });

  it("may also be absent because no app says them", async () => {
    const server = await bare(["service_name", "service_instance_id"]);
    const source = new PrometheusSource({ url: server.url });
    expect(await source.query({ ...COUNT, by: ["environment"] })).toEqual([{ labels: {}, value: 3, count: 3 }]);
    expect(await source.query({ ...COUNT, where: { environment: "prod" } })).toEqual([]);
    expect(await source.query({ ...COUNT, where: { service: "nobody" } })).toEqual([]);
  });

  it("are lost when the backend has them on target_info alone", async () => {
    const server = await bare(["service_name"], ["deployment_environment_name"]);
    const source = new PrometheusSource({ url: server.url });
    const error = await failure(source.query({ ...COUNT, by: ["environment"] }));
    expect(error.message).toContain("deployment.environment.name");
  });
});

describe("many times", () => {
  const times = { fromMs: AT - 120_000, toMs: AT, stepMs: 60_000 };

  it("are one question", async () => {
    const matrix = {
      resultType: "matrix",
      result: [
        {
          metric: { service_name: "shop" },
          values: [
            [AT / 1000 - 120, "2"],
            [AT / 1000 - 60, "NaN"],
            [AT / 1000, "4"],
          ],
        },
      ],
    };
    const server = await PrometheusServer.answering(
      ({ form }) => namesFound(form, ["chainwatch_request_duration_seconds"]) ?? matrix,
    );
    const source = new PrometheusSource({ url: server.url });
    expect(await source.querySeries({ indicator: "requests.rate_peak", windowS: 300, by: ["service"] }, times)).toEqual(
      [
        {
          labels: { service: "shop" },
          points: [
            { atMs: AT - 120_000, value: 2 },
            { atMs: AT, value: 4 },
          ],
        },
      ],
    );
    expect(server.queries).toHaveLength(1);
    const { path, form } = server.asked.at(-1) ?? expect.fail("nothing arrived");
    expect(path).toBe("/api/v1/query_range");
    expect([form.get("start"), form.get("end"), form.get("step")]).toEqual([
      String(AT / 1000 - 120),
      String(AT / 1000),
      "60",
    ]);
  });

  it("are one look at the dialect, also where a percentile is computed for each time", async () => {
    const names = ["chainwatch.request.duration_count"];
    const server = await PrometheusServer.answering(
      ({ form }) =>
        namesFound(form, names, ["chainwatch.request.duration_bucket"]) ??
        vector(form.get("query")?.includes("vmrange") ? [{ vmrange: "1...1" }, "2"] : [{}, "2"]),
    );
    const source = new PrometheusSource({ url: server.url });
    await source.querySeries({ indicator: "response_time.p50", windowS: 300, counts: true }, times);
    expect(server.queries).toHaveLength(9);
    expect(server.asked).toHaveLength(9 + 3);
    await source.querySeries({ indicator: "response_time.p50", windowS: 300 }, times);
    expect(server.queries).toHaveLength(9 + 6);
  });

  it("are asked one by one where each cuts the clock's slots elsewhere", async () => {
    const server = await prometheus([["count", vector([{}, "1"])]]);
    const source = new PrometheusSource({ url: server.url });
    const answer = await source.querySeries(
      { indicator: "requests.rate_peak", windowS: 90 },
      { ...times, stepMs: 40_000 },
    );
    expect(answer).toEqual([
      { labels: {}, points: [0, 1, 2, 3].map((i) => ({ atMs: times.fromMs + i * 40_000, value: 1 })) },
    ]);
  });
});

describe("a failure", () => {
  const answering = (status: number, contentType: string, body: string, headers: Record<string, string> = {}) =>
    PrometheusServer.handling((_, response) => {
      response.writeHead(status, { "content-type": contentType, ...headers });
      response.end(body);
    });
  const json = (value: object) => JSON.stringify(value);
  const refused = (errorType: string, error: string) => json({ status: "error", errorType, error });

  it.each([
    [401, "text/plain", "Unauthorized", "source_failed", "CHAINWATCH_SOURCE_HEADERS"],
    [403, "application/json", refused("forbidden", "no"), "source_failed", "CHAINWATCH_SOURCE_HEADERS"],
    [404, "text/html", "<h1>no</h1>", "source_failed", "base URL"],
    [200, "text/html; charset=utf-8", "<h1>Grafana</h1>", "source_failed", "text/html"],
    [200, "application/json", "{}", "source_failed", "no reply of the Prometheus API"],
    [200, "application/json", "null", "source_failed", "no reply of the Prometheus API"],
    [200, "application/json", json({ status: "success", data: 1 }), "source_failed", "something else than vector"],
    [400, "application/json", refused("bad_data", "parse error"), "invalid_question", "parse error"],
    [422, "application/json", refused("execution", "too many samples"), "invalid_question", "too many samples"],
    [503, "application/json", refused("timeout", "query timed out"), "timeout", "query timed out"],
    [503, "application/json", refused("unavailable", "starting"), "source_failed", "starting"],
    [200, "application/json", refused("internal", "broken"), "source_failed", "broken"],
    [502, "text/html", "bad gateway", "source_failed", "502"],
  ])("%d with %s %s is %s", async (status, contentType, body, reason, message) => {
    const server = await answering(status, contentType, body);
    const source = new PrometheusSource({ url: server.url });
    const error = await failure(source.query(COUNT));
    expect(error).toMatchObject({ name: "QueryError", reason });
    expect(error.message).toContain(message);
    expect(error.message).toContain(server.url);
  });

  it("is told in one line, without characters that control a terminal", async () => {
    const said = "a\u001b[31mb\nc\u009bd\u202ee";
    for (const [status, type, body] of [
      [422, "application/json", refused("execution", said)],
      [502, "text/plain", said],
    ] as const) {
      const server = await answering(status, type, body);
      const { message } = await failure(new PrometheusSource({ url: server.url }).query(COUNT));
      expect(message).toContain("a [31mb c d e");
      expect(message).not.toMatch(/\p{C}/u);
    }
  });

  it("is a redirect, which nothing follows with the headers", async () => {
    const elsewhere = await answering(200, "application/json", "{}");
    const server = await answering(302, "text/plain", "", { location: `${elsewhere.url}/login?token=abc` });
    const source = new PrometheusSource({ url: server.url, headers: { authorization: new Secret("Bearer key") } });
    const error = await failure(source.query(COUNT));
    expect(error.message).toContain(`${elsewhere.url}/login`);
    expect(error.message).not.toContain("abc");
    expect(elsewhere.asked).toEqual([]);
  });

  it("is a backend that is not there", async () => {
    const error = await failure(new PrometheusSource({ url: "http://127.0.0.1:24319" }).query(COUNT));
    expect(error).toMatchObject({ reason: "source_failed" });
    expect(error.message).toMatch(
      /^prometheus http:\/\/127\.0\.0\.1:\d+: nothing listens there → start it or correct --source$/,
    );
  });

  it("is one that speaks no TLS", async () => {
    const server = await answering(200, "application/json", "{}");
    const source = new PrometheusSource({ url: server.url.replace("http:", "https:") });
    const error = await failure(source.query(COUNT));
    expect(error).toMatchObject({ reason: "source_failed" });
    expect(error.message).toMatch(/: it does not speak TLS → write http:\/\/ in --source$/);
  });

  it("is one that is silent for too long", async () => {
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void silent.close());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const error = await failure(new PrometheusSource({ url }, { timeoutS: 0.05 }).query(COUNT));
    expect(error).toMatchObject({ reason: "timeout" });
    const given = await failure(new PrometheusSource({ url }, { timeoutS: 1 }).query(COUNT, AbortSignal.timeout(20)));
    expect(given).toMatchObject({ reason: "timeout", message: expect.stringContaining("requests.count") });
  });

  it("is a reply that never ends", async () => {
    const server = await PrometheusServer.handling((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = Buffer.alloc(1024 * 1024, " ");
      const write = (): void => {
        if (!response.destroyed) response.write(more, write);
      };
      write();
    });
    const error = await failure(new PrometheusSource({ url: server.url }).query(COUNT));
    expect(error).toMatchObject({ reason: "invalid_question", message: expect.stringContaining("16777216 bytes") });
  });

  it("leaves the source able to answer the next question, and tells nobody a key", async () => {
    let down = true;
    const server = await PrometheusServer.handling(({ form }, response) => {
      response.writeHead(down ? 500 : 200, { "content-type": "application/json" });
      const data = namesFound(form, ["chainwatch_request_duration_seconds"]) ?? vector([{}, "3"]);
      response.end(down ? "{}" : json({ status: "success", data }));
    });
    const source = new PrometheusSource({ url: server.url, headers: { authorization: new Secret("Bearer key") } });
    const error = await failure(source.query(COUNT));
    expect(inspect([error, source], { depth: 9, showHidden: true })).not.toContain("Bearer");
    down = false;
    expect(await source.query(COUNT)).toEqual([{ labels: {}, value: 3, count: 3 }]);
  });
});
