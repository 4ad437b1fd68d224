import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import { RULES_TARGETS } from "../../src/alert/export/prometheus-rules.js";
import { ruleExpression } from "../../src/alert/export/rule-expression.js";
import { QuestionAsker } from "../../src/alert/question-asker.js";
import type { Rule } from "../../src/alert/rule.js";
import { PrometheusClient } from "../../src/query/prometheus/prometheus-client.js";
import { PrometheusSource } from "../../src/query/prometheus/prometheus-source.js";
import { ruleOf } from "../alert/rule-of.js";
import { every, type ScriptedRequest } from "./parity/app-script.js";
import { recordStream } from "./parity/recorded-stream.js";
import { promtoolProgram } from "./parts/go-parts.js";
import { postProtobuf } from "./parts/otlp-post.js";
import { type MetricsBackend, startPrometheus } from "./parts/prometheus.js";
import { RunningParts } from "./parts/running-parts.js";
import { until } from "./parts/until.js";
import { startVictoriaMetrics } from "./parts/victoria-metrics.js";
import { checkWithVmalert, replayVmalert, startVmalert } from "./parts/vmalert.js";
import { Alertmanager } from "./side-by-side/alertmanager.js";
import { agree, type Firings, firingsOfAlerts, firingsOfTransitions, firingText } from "./side-by-side/firing.js";
import { INTENDED } from "./side-by-side/intended-differences.js";
import { evaluatedAt, OurEvaluator } from "./side-by-side/our-evaluator.js";
import { exportedRules } from "./side-by-side/rules-file.js";
import { type Scenario, scenarioOf } from "./side-by-side/scenario.js";

const parts = new RunningParts();

/** Everything that an export can have in it. */
const MANY_RULES: Rule[] = [
  ...defaultRules(),
  ruleOf({ id: "rising", compareTo: "1d", unit: "%", by: ["type"], minRequests: 20 }),
  ruleOf({
    id: "costly",
    name: { en: 'Costly "{{ models', zh: "贵" },
    indicator: "cost.total",
    unit: "USD",
    by: ["model", "service"],
    where: { environment: 'a "b" \\c' },
    inhibits: ["high-cost"],
    labels: { team: "money" },
    annotations: {
      summary: "{{ labels.model }} cost {{ value }} > {{ threshold }}",
      runbook_url: "https://wiki.test/a",
    },
  }),
  ruleOf({ id: "silent", indicator: "requests.count", unit: "requests", noData: "alert", noDataForS: 600 }),
  ruleOf({ id: "peak", indicator: "requests.rate_peak", unit: "req/s" }),
  ruleOf({ id: "first-chunk", indicator: "ttft.p95", by: ["model"] }),
];

describe("an export is accepted by", () => {
  test.each(["prometheus", "mimir", "victoriametrics"] as const)("promtool, for %s", async (dialect) => {
    const file = await exportedRules(await parts.folder(), MANY_RULES, RULES_TARGETS[dialect]);
    const { stdout, stderr } = await promisify(execFile)(await promtoolProgram(), ["check", "rules", file]);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
    // What it finds odd, such as two rules that are the same.
    expect(stderr).toBe("");
  });

  test("vmalert, for VictoriaMetrics", async () => {
    await checkWithVmalert(await exportedRules(await parts.folder(), MANY_RULES, RULES_TARGETS.victoriametrics));
  });
});

/** The firings of each alert, and whether they agree where they should and differ as intended. */
function compare(
  rules: readonly Rule[],
  ours: Firings,
  others: Readonly<Record<string, Firings>>,
  { startMs, withinMs }: { startMs: number; withinMs: number },
): { lines: string[][]; wrong: string[] } {
  const lines: string[][] = [];
  const wrong: string[] = [];
  const ids = new Set(rules.map(({ id }) => id));
  const keys = new Set([...ids, ...[ours, ...Object.values(others)].flatMap((firings) => [...firings.keys()])]);
  for (const key of keys) {
    const [id = ""] = key.split(" ");
    if (!ids.has(id)) continue;
    const our = ours.get(key) ?? [];
    const intended = INTENDED[id];
    for (const [name, firings] of Object.entries(others)) {
      const their = firings.get(key) ?? [];
      const asMeant = intended === undefined ? agree(our, their, withinMs) : intended.holds(our, their, withinMs);
      if (!asMeant) wrong.push(`${key}: ours ${firingText(our, startMs)}, ${name} ${firingText(their, startMs)}`);
      const verdict = !asMeant ? "WRONG" : (intended?.reason ?? "agree");
      lines.push([key, firingText(our, startMs), name, firingText(their, startMs), verdict]);
    }
  }
  return { lines, wrong };
}

function print(title: string, lines: readonly string[][]): void {
  const all = [["alert", "Chainwatch fires, s", "beside", "fires, s", "verdict"], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = all.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  console.log(`\n${title}\n${text.join("\n")}\n`);
}

test("times that are over: vmalert replays the rules, and fires and ends at the same evaluations", async () => {
  const unitMs = 10_000;
  const endMs = Math.floor(Date.now() / 60_000) * 60_000;
  const startMs = endMs - 720_000;
  const scenario = scenarioOf(startMs, unitMs);
  // Its replay passes over keep_firing_for.
  const rules = [...scenario.rules, ...scenario.randomRules].filter(({ keepFiringForS }) => keepFiringForS === 0);
  const { intervalMs } = scenario;
  const timesMs = Array.from({ length: (endMs - startMs) / intervalMs }, (_, i) => startMs + (i + 1) * intervalMs);

  const backend = await parts.keep(startVictoriaMetrics(await parts.folder()));
  for (const { metrics } of (await recordStream(scenario.apps)).deliveries) {
    if (metrics.length > 0) await postProtobuf(backend.otlpMetricsUrl, metrics);
  }
  const flush = () => fetch(`${backend.url}/internal/force_flush`);
  await flush();
  const rulesFile = await exportedRules(await parts.folder(), rules, RULES_TARGETS.victoriametrics);
  const [fromMs = 0] = timesMs;
  await replayVmalert({ rulesFile, backendUrl: backend.url }, { fromMs, toMs: endMs });
  await flush();

  const ours = firingsOfTransitions(await evaluatedAt(timesMs, rules, backend.url));
  const vmalert = await firingsOfAlerts(backend.url, rules, { fromMs: startMs, toMs: endMs, intervalMs });
  const { lines, wrong } = compare(rules, ours, { vmalert }, { startMs, withinMs: 0 });
  print("Replayed, an evaluation every 20 s; equal times to the second", lines);
  expect(wrong).toEqual([]);
  // Nothing would agree as well.
  expect(ours.get("random")?.length).toBeGreaterThan(3);
});

test("compare_to by offset is the change that our evaluator computes", async () => {
  const MINUTE_MS = 60_000;
  const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const startMs = endMs - 80 * MINUTE_MS;
  const requests = every(7000, startMs + 500, endMs - 30_000).map(
    (requestMs, index): ScriptedRequest => ({
      startMs: requestMs,
      durationMs: 300 + (index % 9) * 100,
      type: index % 3 === 0 ? "search" : "chat",
      // Ever more of them fail.
      outcome: (index * 7) % 680 < index ? "error" : "success",
      calls: [],
      tools: [],
    }),
  );
  const collectionsMs = every(10_000, startMs + 10_000, endMs);
  const { deliveries } = await recordStream([{ service: "shop", release: "1.0", requests, collectionsMs }]);
  const [prometheus, victoriaMetrics] = await Promise.all([
    parts.keep(startPrometheus(await parts.folder())),
    parts.keep(startVictoriaMetrics(await parts.folder())),
  ]);
  for (const { metrics } of deliveries) {
    if (metrics.length === 0) continue;
    await postProtobuf(prometheus.otlpMetricsUrl, metrics);
    await postProtobuf(victoriaMetrics.otlpMetricsUrl, metrics);
  }
  await fetch(`${victoriaMetrics.url}/internal/force_flush`);

  for (const [{ url }, target] of [
    [prometheus, RULES_TARGETS.prometheus],
    [victoriaMetrics, RULES_TARGETS.victoriametrics],
  ] as const) {
    for (const indicator of ["requests.count", "error_rate", "response_time.avg"]) {
      const { question } = ruleOf({ indicator, compareTo: "1h", by: ["type"], where: { service: "shop" } });
      if (question.kind !== "indicator") throw new Error("asks no indicator");
      const expression = ruleExpression(question, target.dialectOf);
      if ("cannot" in expression) throw new Error(expression.cannot);
      const source = new PrometheusSource({ url });
      const client = new PrometheusClient({ url });
      const atMs = endMs - 5 * MINUTE_MS;
      const ours = await new QuestionAsker(source, source).ask(question, atMs);
      expect(ours, `${target.name} ${indicator}`).toHaveLength(2);
      for (const [promQl, figure] of [
        [expression.value, "value"],
        [expression.count, "count"],
      ] as const) {
        const theirs = (await client.instant(promQl, atMs)).map(({ value }) => value).sort((a, b) => a - b);
        const expected = ours.map((sample) => sample[figure] ?? Number.NaN).sort((a, b) => a - b);
        expect(theirs, `${target.name} ${indicator} ${figure}`).toHaveLength(2);
        for (const [i, value] of theirs.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 6);
      }
    }
  }
});

describe("as time passes", () => {
  const unitMs = 1000;
  let startMs: number;
  let scenario: Scenario;
  let prometheus: MetricsBackend;
  let victoriaMetrics: MetricsBackend;
  let alertmanager: Alertmanager;
  let ours: { onPrometheus: OurEvaluator; onVictoriaMetrics: OurEvaluator };

  beforeAll(async () => {
    // Recorded before it happens: its times are those at which it is sent.
    startMs = Math.ceil(Date.now() / 10_000 + 1) * 10_000;
    scenario = scenarioOf(startMs, unitMs);
    const { rules, apps, endMs, intervalMs } = scenario;
    const folder = await parts.folder();
    alertmanager = await parts.keep(Alertmanager.start());
    [prometheus, victoriaMetrics] = await Promise.all([
      parts.keep(startPrometheus(await parts.folder(), await exportedRules(folder, rules, RULES_TARGETS.prometheus))),
      parts.keep(startVictoriaMetrics(await parts.folder())),
    ]);
    await parts.keep(
      startVmalert({
        rulesFile: await exportedRules(folder, rules, RULES_TARGETS.victoriametrics),
        backendUrl: victoriaMetrics.url,
        notifierUrl: alertmanager.url,
      }),
    );
    ours = {
      onPrometheus: new OurEvaluator("ours on Prometheus", prometheus.url, rules, await parts.folder()),
      onVictoriaMetrics: new OurEvaluator("ours on VictoriaMetrics", victoriaMetrics.url, rules, await parts.folder()),
    };
    const { deliveries } = await recordStream(apps);
    expect(Date.now(), "recorded in time").toBeLessThan(startMs);
    let watching = false;
    for (const { atMs, metrics } of deliveries) {
      await delay(Math.max(0, atMs - Date.now()));
      if (metrics.length === 0) continue;
      await Promise.all(
        [prometheus, victoriaMetrics].map(({ otlpMetricsUrl }) => postProtobuf(otlpMetricsUrl, metrics)),
      );
      // It lets what arrives be found only some seconds later, which are windows here.
      await fetch(`${victoriaMetrics.url}/internal/force_flush`);
      // An instrument that is not there yet is looked for every 15 s: theirs began before, ours begin with it.
      if (watching || atMs < startMs + 3 * unitMs) continue;
      for (const part of Object.values(ours)) await parts.keep(part.start().then(() => ({ part })));
      watching = true;
    }
    // Until what was found of the last evaluation is written.
    await delay(Math.max(0, endMs + 2 * intervalMs - Date.now()));
    await fetch(`${victoriaMetrics.url}/internal/force_flush`);
  });

  test("Prometheus and vmalert fire and end within one evaluation of ours", async () => {
    const { rules, endMs, intervalMs } = scenario;
    const span = { fromMs: startMs, toMs: endMs, intervalMs };
    // vmalert writes whole seconds.
    const within = { startMs, withinMs: intervalMs + 1000 };
    const beside = async (evaluator: OurEvaluator, name: string, url: string) =>
      compare(
        rules,
        firingsOfTransitions(evaluator.transitionsUntil(endMs)),
        { [name]: await firingsOfAlerts(url, rules, span) },
        within,
      );
    const compared = [
      await beside(ours.onPrometheus, "Prometheus", prometheus.url),
      await beside(ours.onVictoriaMetrics, "vmalert", victoriaMetrics.url),
    ];
    print(
      "As time passes, an evaluation every 2 s",
      compared.flatMap(({ lines }) => lines),
    );
    expect(compared.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  test("a restart: keep_firing_for goes on here, and is forgotten there", async () => {
    const kept = "burst-kept";
    await prometheus.part.stop();
    await prometheus.part.start();
    const rules = await until("Prometheus evaluated it again", async () => {
      const { data } = (await (await fetch(`${prometheus.url}/api/v1/rules?type=alert`)).json()) as PrometheusRules;
      const found = data.groups.flatMap((group) => group.rules);
      return found.every(({ health }) => health === "ok") && found.length > 0 && found;
    });
    expect(rules.find(({ name }) => name === kept)?.state).toBe("inactive");
    await ours.onPrometheus.stop();
    await ours.onPrometheus.start();
    await until("ours evaluated it again", async () => (await ours.onPrometheus.standing(kept)).state === "firing");
    expect(ours.onPrometheus.statesOf(kept)).toEqual(["firing"]);
    const reason = "keep_firing_for: what was kept is in the journal; there it is forgotten";
    print("After a restart", [[kept, "still", "Prometheus", "no longer", reason]]);
  });

  test("a query that fails: here the alert goes on with its error, there nothing is sent and Alertmanager ends it", async () => {
    const kept = "burst-kept";
    await until("vmalert told of it", () => alertmanager.newest(kept));
    await victoriaMetrics.part.kill();
    await until("Alertmanager takes it for resolved", () => {
      const { endsMs = Number.POSITIVE_INFINITY } = alertmanager.newest(kept) ?? {};
      return Date.now() > endsMs;
    });
    expect(await ours.onVictoriaMetrics.standing(kept)).toMatchObject({
      state: "firing",
      error: expect.stringContaining("nothing listens there"),
    });
    await victoriaMetrics.part.start();
    await until("ours has an answer", async () => (await ours.onVictoriaMetrics.standing(kept)).error === undefined);
    expect(ours.onVictoriaMetrics.statesOf(kept)).toEqual(["firing"]);
    const reason = "a query that fails is no recovery; there it is silence, which Alertmanager takes for one";
    print("While the backend is down", [[kept, "still", "vmalert", "taken for resolved", reason]]);
  });
});

interface PrometheusRules {
  data: { groups: { rules: { name: string; state: string; health: string }[] }[] };
}
