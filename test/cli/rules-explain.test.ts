import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { namesFound, PrometheusServer, vector } from "../query/prometheus/prometheus-server.js";
import { requestDurationsBody } from "../server/example-telemetry.js";
import { post, runningServer, temporaryFolder } from "../server/running-server.js";
import { runWords } from "./run-words.js";

function rulesFile(...rules: string[]): string {
  const file = join(temporaryFolder(), "rules.yaml");
  writeFileSync(file, `rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`);
  return file;
}

/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

/** A backend in which every query about requests has this value and count. */
function backendWith(value: string, count: string): Promise<PrometheusServer> {
  return PrometheusServer.answering(({ form, path }) => {
    if (path.includes("labels")) return [];
    const found = namesFound(form, ["chainwatch_request_duration_seconds"]);
    return found ?? vector([{}, form.get("query")?.startsWith("100 *") ? value : count]);
  });
}

const FAILING = `{ id: failing, name: { en: Failing, zh: 失败 }, indicator: success_rate, when: "< 95%", min_requests: 5 }`;

describe("in words", () => {
  const sentences = async (rule: string, language = "en") => {
    const words = ["rules", "explain", "it", "--config", rulesFile(rule), "--source", `prometheus=${NOWHERE}`];
    const { out } = await runWords([...words, "--lang", language]);
    return out.split("\n").slice(
      1,
      out.split("\n").findIndex((line) => line.startsWith("  PromQL: ")),
    );
  };

  test("what it asks, when it fires and ends, and what it takes for no answer", async () => {
    const rule =
      '{ id: it, indicator: cost.total, by: [model, service], where: { environment: prod }, window: 1h, when: "> 20 USD", resolve_when: "< 15 USD", for: 1m, keep_firing_for: 5m, min_requests: 3, no_data: alert, no_data_for: 10m }';
    expect(await sentences(rule)).toEqual([
      '  Asks every 15s: Cost (cost.total) of the last 1h, where environment = "prod". One alert for each model and service.',
      "  Fires once that held for 1m when it is > $20.00.",
      "  Ends when it is < $15.00, and fires on for 5m after that.",
      "  An answer on fewer than 3 requests, or calls, says nothing.",
      "  Without data for 10m it fires.",
    ]);
    expect(await sentences(rule, "zh")).toEqual([
      '  每 15s 查询：最近 1h 的成本（cost.total），仅限 environment = "prod"。每个 model、service 对应一条告警。',
      "  当其 > $20.00 时持续 1m 后触发。",
      "  当其 < $15.00 时结束，并在此后继续触发 5m。",
      "  少于 3 次请求（或调用）的结果不作判断。",
      "  没有数据达 10m 即触发。",
    ]);
  });

  test("a change, and a query that compares by itself", async () => {
    expect(
      await sentences('{ id: it, indicator: requests.count, compare_to: 1d, when: "> +20%", no_data: ok }'),
    ).toEqual([
      "  Asks every 15s: Requests (requests.count against 1 day before) of the last 5m.",
      "  Fires at once when it is > +20 %.",
      "  Ends when it no longer is.",
      "  Without data all is well.",
    ]);
    expect(await sentences('{ id: it, expr: "up == 0", keep_firing_for: 1m }')).toEqual([
      "  Asks every 15s, in PromQL: up == 0. One alert for each series of the answer.",
      "  Fires at once when the query returns something.",
      "  Ends when it no longer does, and fires on for 1m after that.",
      "  Without data all is well.",
    ]);
  });
});

describe("its PromQL", () => {
  const promQl = async (rule: string, ...more: string[]) => {
    const words = [
      "rules",
      "explain",
      "it",
      "--config",
      rulesFile(rule),
      "--source",
      `prometheus=${NOWHERE}`,
      "--json",
    ];
    return JSON.parse((await runWords([...words, ...more])).out).promql;
  };

  test("is that of the backend it is for", async () => {
    const rule = '{ id: it, indicator: requests.count, when: "> 1 requests" }';
    expect((await promQl(rule)).value).toContain("chainwatch_request_duration_seconds[300s]");
    expect((await promQl(rule, "--dialect", "victoriametrics")).value).toContain('"chainwatch.request.duration_count"');
  });

  test("is the rule's own, or there is none and it says why", async () => {
    expect(await promQl('{ id: it, expr: "up == 0" }')).toEqual({ value: "up == 0" });
    expect(await promQl('{ id: it, indicator: users.active, when: "> 1 users" }')).toEqual({
      cannot: "only request records can answer it, and Prometheus has metrics alone",
    });
  });
});

describe("asked once", () => {
  const explained = async (value: string, count: string, ...more: string[]) => {
    const { url } = await backendWith(value, count);
    const words = ["rules", "explain", "failing", "--config", rulesFile(FAILING), "--source", `prometheus=${url}`];
    const { out, code } = await runWords([...words, ...more]);
    expect(code).toBe(0);
    return { out, url };
  };

  test("the condition holds", async () => {
    const { out, url } = await explained("71.4", "10");
    expect(out).toContain(`  now: 71.4 %  (prometheus ${url})\n  state: firing: 71.4 % < 95 %\n`);
    expect(out).toMatch(/WARNING Failing {2}success_rate 71\.4 % < 95 %/);
  });

  test("it does not", async () => {
    expect((await explained("99", "10")).out).toMatch(/ {2}state: inactive: not 99 % < 95 %$/);
    expect((await explained("99", "10", "--lang", "zh")).out).toMatch(/ {2}状态: 正常: 不满足 99 % < 95 %$/);
  });

  test("too few requests", async () => {
    expect((await explained("50", "3")).out).toMatch(
      / {2}state: inactive: it rests on 3 requests, and fewer than 5 say nothing$/,
    );
  });

  test("no data", async () => {
    expect((await explained("NaN", "0")).out).toMatch(/ {2}now: no data .*\n {2}state: inactive: no data$/);
  });

  test("no answer: the state is not known", async () => {
    const words = ["rules", "explain", "failing", "--config", rulesFile(FAILING), "--source", `prometheus=${NOWHERE}`];
    const { out, code, err } = await runWords(words);
    expect(out).toMatch(/ {2}state: not known: prometheus \S+: web clients never call this port/);
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

describe("by a running server", () => {
  test("its value, state and alert", async () => {
    const server = await runningServer();
    await post(server, "/v1/metrics", requestDurationsBody({ success: 5, error: 5 }));
    await server.evaluateNow();
    const explained = async (id: string) =>
      JSON.parse((await runWords(["rules", "explain", id, "--url", server.url, "--json"])).out);
    expect(await explained("low-success-rate")).toMatchObject({
      rule: { id: "low-success-rate", min_requests: 5 },
      from: server.url,
      state: "firing",
      value: 50,
      why: "50 % < 95 %",
      alerts: [{ rule: "low-success-rate", to: "firing" }],
    });
    expect(await explained("high-cost")).toMatchObject({ state: "inactive", alerts: [] });
  });

  test("that has other rules says so", async () => {
    const server = await runningServer();
    const words = ["rules", "explain", "failing", "--config", rulesFile(FAILING), "--url", server.url];
    expect((await runWords(words)).out).toMatch(/ {2}state: not known: the running evaluator does not have this rule$/);
  });

  test("that was named and is not there is a fault", async () => {
    const { code, err } = await runWords(["rules", "explain", "slow-response", "--url", NOWHERE]);
    expect(code).toBe(1);
    expect(err).toContain(`${NOWHERE}: web clients never call this port → `);
  });
});

test("a rule that there is not gets the nearest one", async () => {
  const { code, err } = await runWords(["rules", "explain", "slow-respons"]);
  expect(code).toBe(1);
  expect(err).toContain('no rule "slow-respons": did you mean slow-response?');
});

test("a server and a source are one too many", async () => {
  const words = ["rules", "explain", "slow-response", "--url", NOWHERE, "--source", `prometheus=${NOWHERE}`];
  expect(await runWords(words)).toMatchObject({ code: 2, err: expect.stringContaining("expected one of them") });
});

test("the rules of CHAINWATCH_CONFIG", async () => {
  const words = ["rules", "explain", "failing", "--source", `prometheus=${NOWHERE}`];
  expect((await runWords(words, { CHAINWATCH_CONFIG: rulesFile(FAILING) })).out).toMatch(/^failing {2}Failing/);
});
