import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../../src/alert/evaluator.js";
import type { Rule } from "../../src/alert/rule.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import type { IndicatorQuery, MetricSource, Sample } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { FakeClock } from "./fake-clock.js";
import { ruleOf } from "./rule-of.js";

/** Answers with a value that tests set: a number, no sample, a failure, or no answer at all. */
class ScriptedSource implements MetricSource {
  readonly name = "scripted";
  readonly questions: IndicatorQuery[] = [];
  answers: Record<string, number | "nothing" | "down" | "hang"> = {};

  async query(question: IndicatorQuery): Promise<Sample[]> {
    this.questions.push(question);
    const answer = this.answers[question.indicator] ?? "nothing";
    if (answer === "hang") return new Promise(() => {});
    if (answer === "down") throw new QueryError("source_failed", "connection refused");
    return answer === "nothing" ? [] : [{ labels: {}, value: answer, count: 100 }];
  }
}

const START = "2026-08-01T10:00:05.000Z";

let dataDir: string;
let clock: FakeClock;
let source: ScriptedSource;
let journal: SqliteAlertJournal;
let told: AlertTransition[];
let logged: string[];
let evaluator: Evaluator | undefined;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-evaluator-"));
  clock = new FakeClock(Date.parse(START));
  source = new ScriptedSource();
  journal = await SqliteAlertJournal.open(dataDir);
  told = [];
  logged = [];
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
    journal,
    clock,
    externalUrl: "http://127.0.0.1:4318/",
    onTransitions: (transitions) => {
      told.push(...transitions);
    },
    log: (message) => logged.push(message),
    ...options,
  });
  return evaluator;
}

/** The process is killed and started again: only the journal is left. */
async function restart(rules: Rule[]): Promise<Evaluator> {
  await evaluator?.stop();
  await journal.close();
  journal = await SqliteAlertJournal.open(dataDir);
  return begin(rules);
}

const path = (): string[] => told.map(({ rule, to }) => `${rule} ${to}`);

test("rules are asked at aligned times, and people hear what changed", async () => {
  source.answers = { "response_time.avg": 9 };
  (await begin([ruleOf({ forS: 30 })])).start();
  await clock.pass(40);
  expect(source.questions.map(({ atMs }) => new Date(atMs).toISOString().slice(11, 19))).toEqual([
    "10:00:00",
    "10:00:15",
    "10:00:30",
    "10:00:45",
  ]);
  expect(source.questions[0]).toEqual({
    indicator: "response_time.avg",
    windowS: 300,
    atMs: Date.parse("2026-08-01T10:00:00Z"),
    counts: false,
  });
  expect(path()).toEqual(["slow pending", "slow firing"]);

  source.answers = { "response_time.avg": 1 };
  await clock.pass(15);
  expect(path()).toEqual(["slow pending", "slow firing", "slow resolved"]);
});

test("the view shows each rule's state, value and error, what is active, and the history", async () => {
  source.answers = { "response_time.avg": 9, "cost.total": "down" };
  const running = await begin([ruleOf(), ruleOf({ id: "dear", indicator: "cost.total", unit: "USD" })]);
  expect(await running.view()).toMatchObject({ evaluations: 0, active: [], history: [] });
  expect(await running.view()).not.toHaveProperty("evaluated_at");

  const view = await running.evaluateNow();
  expect(view).toMatchObject({
    evaluated_at: START,
    evaluations: 1,
    schedule: { late: 0, missed: 0, clock_jumps: 0 },
    rules: [
      { id: "slow", state: "firing", value: 9, op: ">", threshold: 5, window_s: 300, evaluated_at: START },
      { id: "dear", state: "inactive", error: "scripted: connection refused" },
    ],
    active: [{ rule: "slow", to: "firing" }],
    history: [{ rule: "slow", to: "firing", at: START }],
  });
  expect(view.rules[0]).not.toHaveProperty("error");
  expect(view.rules[1]).not.toHaveProperty("value");
});

test("an active alert has the value that made it fire, and the newest one", async () => {
  source.answers = { "response_time.avg": 9 };
  const running = await begin([ruleOf()]);
  await running.evaluateNow();
  source.answers = { "response_time.avg": 7 };
  await clock.pass(15);
  expect((await running.evaluateNow()).active).toMatchObject([{ value: 9, value_now: 7 }]);
  source.answers = {};
  await clock.pass(15);
  expect((await running.evaluateNow()).active).toMatchObject([{ value: 9, value_now: 7 }]);
});

test("rules with the same question share one query; another window, filter or split is another question", async () => {
  await begin([
    ruleOf({ id: "a" }),
    ruleOf({ id: "b", when: { op: ">", value: 10 } }),
    ruleOf({ id: "c", windowS: 60 }),
    ruleOf({ id: "d", where: { service: "x" } }),
    ruleOf({ id: "e", by: ["model"] }),
  ]);
  await evaluator?.evaluateNow();
  expect(source.questions.map(({ atMs: _, counts: __, ...question }) => question)).toEqual([
    { indicator: "response_time.avg", windowS: 300 },
    { indicator: "response_time.avg", windowS: 60 },
    { indicator: "response_time.avg", windowS: 300, where: { service: "x" } },
    { indicator: "response_time.avg", windowS: 300, by: ["model"] },
  ]);
});

test("counts are asked for only where a rule of the question has min_requests", async () => {
  const few = ruleOf({ id: "few", minRequests: 5 });
  const running = await begin([ruleOf(), few, ruleOf({ id: "other", windowS: 60 })]);
  await running.evaluateNow();
  expect(source.questions.map(({ counts }) => counts)).toEqual([undefined, false]);
});

test("an answer without counts does not judge a rule that got min_requests meanwhile", async () => {
  source.answers = { "response_time.avg": 9 };
  const running = await begin([ruleOf()]);
  running.start();
  await running.replaceRules([ruleOf({ minRequests: 5 })]);
  await clock.pass(1);
  expect(path()).toEqual([]);
  await clock.pass(15);
  expect(path()).toEqual(["slow firing"]);
});

test("a question may wait in its source's queue for longer than 10 s, but not until it is due again", async () => {
  source.answers = { "response_time.avg": "hang" };
  const running = await begin([ruleOf({ intervalS: 60 })]);
  running.start();
  await clock.pass(50);
  expect((await running.view()).rules[0]).not.toHaveProperty("error");
  await clock.pass(4);
  expect((await running.view()).rules[0]).toMatchObject({ error: "scripted: response_time.avg: no answer in time" });
});

test("a source that hangs delays no other rule, times out, and its rule keeps its state", async () => {
  source.answers = { "response_time.avg": 9, "cost.total": 3 };
  (await begin([ruleOf(), ruleOf({ id: "dear", indicator: "cost.total", when: { op: ">", value: 1 } })])).start();
  await clock.pass(1);
  expect(path()).toEqual(["slow firing", "dear firing"]);

  source.answers = { "response_time.avg": "hang", "cost.total": 0 };
  await clock.pass(10);
  expect(path()).toEqual(["slow firing", "dear firing", "dear resolved"]);
  await clock.pass(14);
  expect((await evaluator?.view())?.schedule).toMatchObject({ missed: 0 });
  const view = await evaluator?.view();
  expect(view?.rules[0]).toMatchObject({
    id: "slow",
    state: "firing",
    error: "scripted: response_time.avg: no answer in time",
  });
});

test("an evaluation that is due while the one before still waits is missed, not queued", async () => {
  source.answers = { "response_time.avg": "hang" };
  (await begin([ruleOf({ intervalS: 5 })])).start();
  await clock.pass(9);
  expect(source.questions).toHaveLength(1);
  expect((await evaluator?.view())?.schedule).toMatchObject({ missed: 1 });
});

test("evaluations that a blocked process missed are counted and not made up for", async () => {
  (await begin([ruleOf()])).start();
  await clock.pass(1);
  clock.block(62);
  await clock.pass(0);
  expect(source.questions).toHaveLength(2);
  expect((await evaluator?.view())?.schedule).toEqual({ late: 1, missed: 3, clock_jumps: 0 });
});

test("state and pending age survive a restart", async () => {
  source.answers = { "response_time.avg": 9 };
  const rules = [ruleOf({ forS: 60 })];
  (await begin(rules)).start();
  await clock.pass(30);
  (await restart(rules)).start();
  await clock.pass(21);
  expect(path()).toEqual(["slow pending"]);
  await clock.pass(15);
  expect(path()).toEqual(["slow pending", "slow firing"]);
});

test("the time that a process was away does not count as held", async () => {
  source.answers = { "response_time.avg": 9 };
  const rules = [ruleOf({ forS: 60 })];
  await (await begin(rules)).evaluateNow();
  await evaluator?.stop();
  clock.block(3600);
  await (await restart(rules)).evaluateNow();
  expect(path()).toEqual(["slow pending"]);
});

test("a transition that was recorded but not handed on before a crash is handed on at the next start", async () => {
  source.answers = { "response_time.avg": 9 };
  await begin([ruleOf()], { onTransitions: () => new Promise(() => {}) });
  void evaluator?.evaluateNow();
  await clock.pass(0);
  evaluator = undefined;
  const resumed = await begin([ruleOf()]);
  await resumed.stop();
  expect(path()).toEqual(["slow firing"]);
});

test("alerts of a rule that is gone, or now asks something else, end at the next start", async () => {
  source.answers = { "response_time.avg": 9 };
  await (await begin([ruleOf({ id: "gone" }), ruleOf({ id: "split" }), ruleOf({ id: "same" })])).evaluateNow();
  for (const { id } of await journal.history(10)) {
    const sent = { result: "sent", reason: "firing", at: START } as const;
    await journal.recordNotify({ notifications: new Map([[id, sent]]) });
  }
  told = [];
  await restart([ruleOf({ id: "split", by: ["model"] }), ruleOf({ id: "same", windowS: 60 })]);
  await evaluator?.stop();
  expect(told.map(({ rule, to, reason }) => [rule, to, reason])).toEqual([
    ["gone", "resolved", "rule_removed"],
    ["split", "resolved", "rule_removed"],
  ]);
  expect((await evaluator?.view())?.active.map(({ rule }) => rule)).toEqual(["same"]);
});

describe("the system clock", () => {
  const busy = ruleOf({ id: "quiet", indicator: "requests.count", unit: "requests", when: { op: "<", value: 10 } });

  test.each([
    ["an hour ahead", 3600],
    ["an hour back", -3600],
    ["ten minutes ahead, after a suspend", 600],
  ])("jumps %s: no false firing or resolve while the window is not to be trusted", async (_, seconds) => {
    source.answers = { "response_time.avg": 9, "requests.count": 100 };
    (await begin([ruleOf(), busy])).start();
    await clock.pass(30);
    expect(path()).toEqual(["slow firing"]);

    clock.jump(seconds);
    source.answers = { "response_time.avg": 1, "requests.count": 0 };
    await clock.pass(290);
    expect(path()).toEqual(["slow firing"]);
    const view = await evaluator?.view();
    expect(view?.schedule).toMatchObject({ clock_jumps: 1, missed: 0 });
    expect(view?.rules[0]?.error).toContain("the system clock jumped by");
    expect(logged.join()).toContain("The system clock jumped by");

    await clock.pass(30);
    expect(path()).toEqual(["slow firing", "slow resolved", "quiet firing"]);
  });

  test("is corrected by a second: nothing happens", async () => {
    source.answers = { "response_time.avg": 9 };
    (await begin([ruleOf()])).start();
    await clock.pass(30);
    clock.jump(-1);
    await clock.pass(30);
    expect((await evaluator?.view())?.schedule).toEqual({ late: 0, missed: 0, clock_jumps: 0 });
    expect((await evaluator?.view())?.rules[0]).not.toHaveProperty("error");
  });
});

describe("an example trace", () => {
  test("and its link go with a firing alert, also into the history, and not with others", async () => {
    source.answers = { "response_time.avg": 9 };
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const running = await begin([ruleOf()], { exampleTrace: async () => traceId });
    await running.evaluateNow();
    source.answers = { "response_time.avg": 1 };
    const view = await running.evaluateNow();
    const link = { trace_id: traceId, trace_url: `http://127.0.0.1:4318/traces/${traceId}` };
    expect(told[0]).toMatchObject(link);
    expect(view.history[1]).toMatchObject(link);
    expect(told[1]).not.toHaveProperty("trace_id");
  });

  test.each<[string, EvaluatorOptions["exampleTrace"] & {}]>([
    ["fails", () => Promise.reject(new Error("store closed"))],
    ["does not come", () => new Promise(() => {})],
  ])("that %s does not hold the alert back", async (_, exampleTrace) => {
    source.answers = { "response_time.avg": 9 };
    (await begin([ruleOf()], { exampleTrace })).start();
    await clock.pass(3);
    expect(path()).toEqual(["slow firing"]);
    expect(logged).toEqual([expect.stringContaining("Example trace of slow:")]);
  });
});

describe("what else changed", () => {
  const RELEASE = { en: "release 2 began 4 min before", zh: "4 分钟前开始出现版本 2" };
  const BEFORE = { en: "it was 1 s 1h before", zh: "1h 前为 1 秒" };

  test("goes with a firing alert, also into the history, and not with its end", async () => {
    source.answers = { "response_time.avg": 9 };
    const running = await begin([ruleOf()], {
      changes: { releases: async () => [RELEASE], before: async () => BEFORE },
    });
    await running.evaluateNow();
    source.answers = { "response_time.avg": 1 };
    const view = await running.evaluateNow();
    expect(told[0]?.changed).toEqual([RELEASE, BEFORE]);
    expect(view.history[1]?.changed).toEqual([RELEASE, BEFORE]);
    expect(told[1]).not.toHaveProperty("changed");
  });

  test.each<[string, () => Promise<never>]>([
    ["fails", () => Promise.reject(new Error("source is down"))],
    ["does not come", () => new Promise(() => {})],
  ])("and %s is left out, and the rest is told within a second", async (_, releases) => {
    source.answers = { "response_time.avg": 9 };
    (await begin([ruleOf()], { changes: { releases, before: async () => BEFORE } })).start();
    await clock.pass(1);
    expect(told).toMatchObject([{ to: "firing", changed: [BEFORE] }]);
    expect(logged).toEqual([expect.stringContaining("New releases before slow:")]);
  });
});

test("while the journal cannot be written the state stays, the rule says why, and nobody is told twice", async () => {
  source.answers = { "response_time.avg": 9 };
  const record = journal.record.bind(journal);
  journal.record = () => Promise.reject(new Error("database or disk is full"));
  (await begin([ruleOf()])).start();
  await clock.pass(1);
  expect(path()).toEqual([]);
  expect((await evaluator?.view())?.rules[0]).toMatchObject({
    state: "inactive",
    error: "the alert journal could not be written: database or disk is full",
  });

  journal.record = record;
  await clock.pass(30);
  expect(path()).toEqual(["slow firing"]);
  expect((await evaluator?.view())?.rules[0]).not.toHaveProperty("error");
});

test("a receiver of transitions that fails is logged and gets the next ones", async () => {
  source.answers = { "response_time.avg": 9 };
  let calls = 0;
  const running = await begin([ruleOf()], {
    onTransitions: () => {
      calls++;
      throw new Error("no terminal");
    },
  });
  await running.evaluateNow();
  source.answers = { "response_time.avg": 1 };
  await running.evaluateNow();
  // The first is about what was active at the start.
  expect(calls).toBe(3);
  expect(logged).toEqual(Array(3).fill("Alerts could not be handed on: no terminal"));
});

test("after stop nothing is asked any more", async () => {
  (await begin([ruleOf()])).start();
  await clock.pass(20);
  await evaluator?.stop();
  const asked = source.questions.length;
  await clock.pass(60);
  expect(source.questions).toHaveLength(asked);
});
