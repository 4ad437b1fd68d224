import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../../src/alert/evaluator.js";
import type { Rule } from "../../src/alert/rule.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import type { ExprSample, ExprSource } from "../../src/query/expr-source.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { FakeClock } from "./fake-clock.js";
import { type RuleParts, ruleOf } from "./rule-of.js";

const START = "2026-08-01T10:00:05.000Z";

type Answer = Sample[] | "down" | "hang";

let dataDir: string;
let clock: FakeClock;
let journal: SqliteAlertJournal;
let told: string[];
let active: readonly AlertTransition[];
let asked: string[];
let answers: Record<string, Answer>;
let exprAnswer: ExprSample[] | "hang";
let evaluator: Evaluator | undefined;

const source: MetricSource = {
  name: "scripted",
  async query({ indicator, atMs }: IndicatorQuery) {
    asked.push(`${indicator} ${new Date(atMs).toISOString().slice(14, 19)}`);
    const answer = answers[indicator] ?? [];
    if (answer === "hang") return new Promise(() => {});
    if (answer === "down") throw new QueryError("source_failed", "connection refused");
    return answer;
  },
};

const exprSource: ExprSource = {
  name: "scripted",
  queryExpr: async () => (exprAnswer === "hang" ? new Promise(() => {}) : exprAnswer),
};

const one = (value: number, labels = {}): Sample[] => [{ labels, value, count: 100 }];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-operation-"));
  clock = new FakeClock(Date.parse(START));
  journal = await SqliteAlertJournal.open(dataDir);
  told = [];
  active = [];
  asked = [];
  answers = {};
  exprAnswer = [];
});

afterEach(async () => {
  await evaluator?.stop();
  evaluator = undefined;
  await journal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function begin(rules: Rule[], options: Partial<EvaluatorOptions> = {}): Promise<Evaluator> {
  evaluator = await createEvaluator({
    rules,
    source,
    exprSource,
    journal,
    clock,
    externalUrl: "http://127.0.0.1:4318",
    onTransitions(transitions, now) {
      told.push(...transitions.map(({ rule, to, reason }) => `${rule} ${to} ${reason}`));
      active = now;
    },
    log: () => {},
    ...options,
  });
  return evaluator;
}

async function restart(rules: Rule[]): Promise<Evaluator> {
  await evaluator?.stop();
  await journal.close();
  journal = await SqliteAlertJournal.open(dataDir);
  return begin(rules);
}

const exprRule = (parts: RuleParts = {}): Rule => ({
  ...ruleOf({ id: "raw", ...parts }),
  question: { kind: "expr", expr: "up == 0" },
  unit: "",
});

describe("a source that does not answer", () => {
  test("is told of in one line when it begins and one when it is over, and its health is known", async () => {
    answers = { "response_time.avg": "down", "cost.total": "down" };
    const logged: string[] = [];
    const rules = [
      ruleOf(),
      ruleOf({ id: "dear", indicator: "cost.total" }),
      exprRule({ when: { op: ">", value: 1 } }),
    ];
    const running = await begin(rules, {
      log: (line) => logged.push(line),
      exprSource: { ...exprSource, name: "promql" },
    });
    expect(running.sourceHealth()).toMatchObject([
      { source: "scripted", rules: 2, without_answer: [] },
      { source: "promql", rules: 1, without_answer: [] },
    ]);
    running.start();
    await clock.pass(31);
    expect(logged).toEqual([
      "Rules: 2 of 2 that ask scripted have no answer and keep the state of their alerts: scripted: connection refused",
    ]);
    expect(running.sourceHealth()).toEqual([
      {
        source: "scripted",
        rules: 2,
        without_answer: ["slow", "dear"],
        failing_since: "2026-08-01T10:00:00.000Z",
        error: "scripted: connection refused",
      },
      { source: "promql", rules: 1, without_answer: [] },
    ]);
    expect((await running.view()).rules[0]).toMatchObject({
      answer: "error",
      no_answer_since: "2026-08-01T10:00:00.000Z",
    });
    answers = {};
    await clock.pass(15);
    expect(logged.slice(1)).toEqual([expect.stringMatching(/^Rules: scripted answers again, after \d+s$/)]);
    expect(running.sourceHealth()[0]).toEqual({ source: "scripted", rules: 2, without_answer: [] });
    expect((await running.view()).rules[0]).not.toHaveProperty("no_answer_since");
  });

  test("is not to blame for a question that is given up when the evaluator stops", async () => {
    answers = { "response_time.avg": "hang" };
    const logged: string[] = [];
    const running = await begin([ruleOf()], { log: (line) => logged.push(line) });
    running.start();
    await clock.pass(1);
    await running.stop();
    expect(logged).toEqual([]);
  });

  test("is not to blame for a question that it refuses", async () => {
    const logged: string[] = [];
    const refusing: ExprSource = {
      name: "promql",
      queryExpr: () => Promise.reject(new QueryError("invalid_question", "promql refused the question: parse error")),
    };
    const running = await begin([exprRule()], { log: (line) => logged.push(line), exprSource: refusing });
    await running.evaluateNow();
    expect(logged).toEqual([
      "Rule raw has no answer and keeps the state of its alerts: promql refused the question: parse error",
    ]);
    expect(running.sourceHealth()).toEqual([{ source: "promql", rules: 1, without_answer: [] }]);
  });
});

describe("rules that are replaced while it runs", () => {
  test("keep the state and age of alerts that watch the same, and go by the new threshold and interval", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf({ forS: 60 })]);
    running.start();
    await clock.pass(30);
    await running.replaceRules([ruleOf({ forS: 60, when: { op: ">", value: 8 }, intervalS: 5 })]);
    expect(told).toEqual(["slow pending condition_true"]);
    await clock.pass(32);
    expect(told).toEqual(["slow pending condition_true", "slow firing condition_held"]);
    expect(active).toMatchObject([{ threshold: 8 }]);
    expect(asked.slice(-3)).toEqual(["response_time.avg 00:55", "response_time.avg 01:00", "response_time.avg 01:05"]);
  });

  test("show in what fires, and end it, as they are now; the history keeps what fired", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf({ labels: { team: "a" }, resolveWhen: { op: "<", value: 1 } })]);
    running.start();
    await clock.pass(1);
    const { resolveWhen, ...edited } = ruleOf({ when: { op: ">", value: 8 }, severity: "critical" });
    await running.replaceRules([{ ...edited, name: { en: "Renamed", zh: "改名" } }]);
    const view = await running.view();
    expect(view.active).toMatchObject([
      { name: { en: "Renamed" }, severity: "critical", threshold: 8, value: 9, to: "firing" },
    ]);
    expect(view.active[0]).not.toHaveProperty("rule_labels");
    expect(view.active[0]?.id).toBe(view.history[0]?.id);
    expect(view.history).toMatchObject([{ name: { en: "Slow" }, threshold: 5, rule_labels: { team: "a" } }]);
    running.tellAgain();
    await running.stop();
    expect(active).toMatchObject([{ name: { en: "Renamed" }, threshold: 8 }]);
  });

  test("end the alerts of rules that are gone or watch something else, and begin new ones at once", async () => {
    answers = { "response_time.avg": one(9), "cost.total": one(9) };
    const running = await begin([ruleOf({ id: "gone" }), ruleOf({ id: "other" })]);
    running.start();
    await clock.pass(1);
    told = [];
    await running.replaceRules([ruleOf({ id: "other", indicator: "cost.total" }), ruleOf({ id: "new" })]);
    await clock.pass(0);
    expect(told).toEqual(["gone resolved rule_removed", "other resolved rule_removed", "new firing condition_true"]);
    await clock.pass(15);
    expect(told.at(-1)).toBe("other firing condition_true");
    expect((await restart([])) && (await journal.instances())).toEqual([]);
  });

  test("judge an answer that was under way, unless it is to another question", async () => {
    answers = { "response_time.avg": "hang", "cost.total": "hang" };
    const running = await begin([ruleOf(), ruleOf({ id: "dear", indicator: "cost.total" })], { queryTimeoutS: 60 });
    running.start();
    await clock.pass(1);
    await running.replaceRules([ruleOf({ when: { op: ">", value: 20 } }), ruleOf({ id: "dear" })]);
    await clock.pass(60);
    const [slow, dear] = (await running.view()).rules;
    expect(slow).toMatchObject({ answer: "timeout", threshold: 20 });
    expect(dear).not.toHaveProperty("answer");
  });

  test("stay as they were when the ends of their alerts cannot be recorded", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf()]);
    await running.evaluateNow();
    const record = journal.record;
    journal.record = () => Promise.reject(new Error("disk full"));
    await expect(running.replaceRules([])).rejects.toThrow("disk full");
    journal.record = record;
    expect(await running.evaluateNow()).toMatchObject({ rules: [{ id: "slow", state: "firing" }] });
  });

  test("without any rule nothing is asked, until there is one again", async () => {
    const running = await begin([]);
    running.start();
    await clock.pass(100);
    await running.replaceRules([ruleOf()]);
    await clock.pass(0);
    expect(asked).toHaveLength(1);
  });
});

describe("an acknowledgement", () => {
  const ack = { author: "ann", comment: "on it", at: START };

  test("stays with the alert, over a restart, and ends with it", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf()]);
    const [firing] = (await running.evaluateNow()).active;
    expect(await running.acknowledge(firing?.id ?? "", ack)).toMatchObject({ rule: "slow", acknowledged: ack });
    const again = await restart([ruleOf()]);
    expect((await again.view()).active).toMatchObject([{ acknowledged: ack }]);
    expect((await again.view()).history).toMatchObject([{ acknowledged: ack }]);

    answers = { "response_time.avg": one(1) };
    clock.block(15);
    await again.evaluateNow();
    answers = { "response_time.avg": one(9) };
    clock.block(15);
    const [next] = (await again.evaluateNow()).active;
    expect(next).not.toHaveProperty("acknowledged");
  });

  test("is for a firing alert only", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf({ forS: 60 })]);
    const [pending] = (await running.evaluateNow()).active;
    expect(await running.acknowledge(pending?.id ?? "", ack)).toBeUndefined();
    expect(await running.acknowledge("0f", ack)).toBeUndefined();
  });
});

describe("what a rule's newest answer was shows", () => {
  const statusOf = async (id: string) => (await evaluator?.view())?.rules.find((rule) => rule.id === id);

  test.each<[string, Answer, object]>([
    ["data", one(1), { answer: "data", value: 1 }],
    ["no sample", [], { answer: "empty", no_data_since: "2026-08-01T10:00:05.000Z" }],
    ["a failure", "down", { answer: "error", error: "scripted: connection refused" }],
    ["NaN", one(Number.NaN), { answer: "unusable_value", error: "response_time.avg: expected a number, found NaN" }],
  ])("%s", async (_, answer, status) => {
    answers = { "response_time.avg": answer };
    await (await begin([ruleOf()])).evaluateNow();
    expect(await statusOf("slow")).toMatchObject(status);
  });

  test("a clock that jumped, and a journal that cannot be written", async () => {
    answers = { "response_time.avg": one(9) };
    const running = await begin([ruleOf()]);
    journal.record = () => Promise.reject(new Error("disk full"));
    await running.evaluateNow();
    expect(await statusOf("slow")).toMatchObject({
      answer: "not_recorded",
      error: expect.stringContaining("disk full"),
    });
    clock.jump(3600);
    await running.evaluateNow();
    expect(await statusOf("slow")).toMatchObject({
      answer: "clock_jumped",
      error: expect.stringContaining("the system clock jumped by +1h"),
    });
  });

  test("no data is dated from its first empty answer, over failures in between, until there is data", async () => {
    const running = await begin([ruleOf()]);
    const at = async (answer: Answer): Promise<string | undefined> => {
      answers = { "response_time.avg": answer };
      clock.block(15);
      await running.evaluateNow();
      return (await statusOf("slow"))?.no_data_since;
    };
    expect(await at(one(1))).toBeUndefined();
    const first = await at([]);
    expect(first).toBe("2026-08-01T10:00:35.000Z");
    expect([await at("down"), await at([])]).toEqual([first, first]);
    expect(await at(one(1))).toBeUndefined();
  });

  test("a series that vanished is named while its alert goes on", async () => {
    answers = { "response_time.avg": [...one(9, { model: "a" }), ...one(9, { model: "b" })] };
    const running = await begin([ruleOf({ by: ["model"] })]);
    await running.evaluateNow();
    expect(await statusOf("slow")).not.toHaveProperty("vanished");
    answers = { "response_time.avg": one(9, { model: "a" }) };
    for (let time = 0; time < 2; time++) {
      clock.block(15);
      await running.evaluateNow();
    }
    expect(await statusOf("slow")).toMatchObject({
      answer: "data",
      vanished: [{ labels: { model: "b" }, since: "2026-08-01T10:00:05.000Z" }],
    });
  });

  test("an expression that compares by itself has no missing data", async () => {
    const { when: _, ...rule } = exprRule();
    await (await begin([rule])).evaluateNow();
    expect(await statusOf("raw")).toMatchObject({ answer: "empty" });
    expect(await statusOf("raw")).not.toHaveProperty("no_data_since");
  });
});

test("an expression that hangs delays no indicator, and the other way round", async () => {
  exprAnswer = "hang";
  answers = { "response_time.avg": one(9) };
  const rules = [exprRule(), ruleOf()];
  const running = await begin(rules);
  running.start();
  await clock.pass(11);
  expect(told).toEqual(["slow firing condition_true"]);
  answers = { "response_time.avg": "hang" };
  exprAnswer = [{ labels: { __name__: "up", job: "a" }, value: 9 }];
  await clock.pass(15);
  expect(told).toEqual(["slow firing condition_true", "raw firing condition_true"]);
  expect(active).toMatchObject([{ rule: "slow" }, { rule: "raw", labels: { job: "a" } }]);
});

test("a firing alert has a link to the requests of its window, when its figure rests on requests", async () => {
  answers = { "response_time.avg": one(9, { service: "shop" }), "ttft.p50": one(9) };
  const rules = [ruleOf({ by: ["service"], where: { type: "chat" } }), ruleOf({ id: "ttft", indicator: "ttft.p50" })];
  const { active: firing } = await (await begin(rules)).evaluateNow();
  expect(firing.map(({ requests_url: url }) => url)).toEqual([
    "http://127.0.0.1:4318/requests?ended_from=2026-08-01T09%3A55%3A05.000Z&ended_to=2026-08-01T10%3A00%3A05.000Z&service=shop&type=chat&sort=slowest",
    undefined,
  ]);
});

test("whoever is told hears again of what fires when a silence ends, and after a restart", async () => {
  answers = { "response_time.avg": one(9) };
  const running = await begin([ruleOf()]);
  await running.evaluateNow();
  active = [];
  running.tellAgain();
  await running.evaluateNow();
  expect(active).toMatchObject([{ rule: "slow", to: "firing" }]);
  active = [];
  await (await restart([ruleOf()])).stop();
  expect(active).toMatchObject([{ rule: "slow", to: "firing" }]);
  expect(told.filter((line) => line.startsWith("slow firing"))).toHaveLength(2);
});
