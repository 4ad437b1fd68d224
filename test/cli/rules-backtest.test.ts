import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PrometheusServer } from "../query/prometheus/prometheus-server.js";
import { requestRecordBody } from "../server/example-telemetry.js";
import { post, runningServer } from "../server/running-server.js";
import { runWords } from "./run-words.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainwatch-backtest-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function rulesFile(...rules: string[]): string {
  const file = join(folder, "rules.yaml");
  writeFileSync(file, `rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`);
  return file;
}

const FROM = "2026-08-01T00:00:00Z";
const TO = "2026-08-08T00:00:00Z";
const DAY_S = 86_400;

/** A backend whose one expression is true for the first ten minutes of every day, and that has nothing else. */
function dailyTrouble(): Promise<PrometheusServer> {
  return PrometheusServer.answering(({ path, form }) => {
    if (form.get("query") !== "errors > 2") return path.includes("labels") ? [] : { resultType: "vector", result: [] };
    const [start = 0, end = 0, step = 0] = ["start", "end", "step"].map((name) => Number(form.get(name)));
    const times = Array.from({ length: (end - start) / step + 1 }, (_, index) => start + index * step);
    const values = times.filter((at) => at % DAY_S < 600).map((at) => [at, "3"]);
    return { resultType: "matrix", result: values.length === 0 ? [] : [{ metric: { job: "shop" }, values }] };
  });
}

const TROUBLE = 'id: trouble\n    expr: "errors > 2"\n    for: 30s';

describe("a week of a rule in PromQL", () => {
  const backtest = async (...words: string[]) => {
    const server = await dailyTrouble();
    const source = `prometheus=${server.url}`;
    const file = rulesFile(TROUBLE);
    const told = await runWords(["rules", "backtest", file, "--from", FROM, "--to", TO, "--source", source, ...words]);
    const ofRule = told.out.slice(told.out.indexOf("\ntrouble")).split("\n").slice(1);
    return { ...told, ofRule, server };
  };

  test("says how often, how long, and when", async () => {
    const { ofRule, code } = await backtest();
    expect(code).toBe(0);
    expect(ofRule).toEqual([
      "trouble  fired 7 times, 1 a day; 1h6m30s in all, 9m30s at most",
      "    no data at 40040 of 40321 evaluations",
      ...[1, 2, 3, 4, 5, 6, 7].map(
        (day) => `    2026-08-0${day}T00:00:30Z → 2026-08-0${day}T00:10:00Z  9m30s  3  job="shop"`,
      ),
    ]);
  });

  test("takes few questions", async () => {
    const { server } = await backtest();
    expect(server.queries.filter((query) => query === "errors > 2").length).toBeLessThan(100);
  });

  test("is JSON too", async () => {
    const { out } = await backtest("--json");
    const told = JSON.parse(out);
    expect(told).toMatchObject({ from: "2026-08-01T00:00:00.000Z", to: "2026-08-08T00:00:00.000Z" });
    expect(told.rules.at(-1)).toMatchObject({
      id: "trouble",
      evaluations: 40_321,
      failed: 0,
      fired: 7,
      fired_a_day: 1,
      firing_s: 7 * 570,
      longest_s: 570,
    });
    expect(told.rules.at(-1).firings[0]).toEqual({
      labels: { job: "shop" },
      from: "2026-08-01T00:00:30.000Z",
      to: "2026-08-01T00:10:00.000Z",
      duration_s: 570,
      reason: "condition_held",
      value: 3,
      end_reason: "condition_false",
    });
  });

  test("is Chinese too", async () => {
    expect((await backtest("--lang", "zh")).ofRule[0]).toBe("trouble  触发 7 次，每天 1 次；共 1h6m30s，最长 9m30s");
  });
});

test("a running server answers for metrics and records", async () => {
  const server = await runningServer();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const record = { requestId: "r1", traceId, userId: "ann", outcome: "success", durationS: 1 } as const;
  await post(server, "/v1/logs", requestRecordBody(record));
  const file = rulesFile('{ id: somebody, indicator: users.active, when: ">= 1", interval: 1s, window: 1m }');
  // The first evaluation after the request is at the next whole second.
  await vi.waitFor(
    async () => {
      const words = ["rules", "backtest", file, "--from", "20s", "--source", `local=${server.url}`, "--json"];
      const { code, out } = await runWords(words);
      expect(code).toBe(0);
      const somebody = JSON.parse(out).rules.find(({ id }: { id: string }) => id === "somebody");
      expect(somebody).toMatchObject({ failed: 0, fired: 1 });
      expect(somebody.firings[0]).not.toHaveProperty("to");
    },
    { timeout: 20_000 },
  );
});

test("a source that never answers is told, and the exit code is 1", async () => {
  const { code, out } = await runWords(["rules", "backtest", "--from", "1m", "--source", "local=http://127.0.0.1:9"]);
  expect(code).toBe(1);
  expect(out).toMatch(/slow-response {2}never fired\n {4}failed at \d of \d evaluations: /);
});

describe("is refused with exit code 2", () => {
  test.each([
    [["--from", "yesterday"], "option --from: expected a time such as"],
    [["--to", "2026-13-01"], "option --to: expected a time such as"],
    [["--from", "1h", "--to", "2h"], "option --from: expected a time before --to"],
    [["--source", "local=somewhere"], "option --source: expected a URL"],
    [["--source", "influx=http://x"], "expected local, or prometheus=URL"],
  ])("%j", async (words, message) => {
    const { code, err } = await runWords(["rules", "backtest", ...words]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test("a rules file with a mistake, and one that the source cannot answer", async () => {
    const wrong = rulesFile('{ id: slow, indicator: response_time.avg, when: "> 5" }');
    expect(await runWords(["rules", "backtest", wrong])).toMatchObject({
      code: 2,
      err: expect.stringContaining(":2:"),
    });
    const records = rulesFile('{ id: users, indicator: users.active, when: "> 5 users" }');
    const { code, err } = await runWords(["rules", "backtest", records, "--source", "prometheus=http://127.0.0.1:9"]);
    expect(code).toBe(2);
    expect(err).toContain("users.active");
  });
});
