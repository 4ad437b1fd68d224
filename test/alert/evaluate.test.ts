import { expect, test } from "vitest";
import { evaluateRule } from "../../src/alert/evaluate.js";
import { ruleOf } from "./rule-of.js";
import { answerOf, RuleRun, START_MS } from "./rule-run.js";

test("a transition says rule, value, threshold, when it was found and since when the condition held", () => {
  const { transitions } = new RuleRun(ruleOf({ forS: 15, severity: "critical" })).play("good bad*2");
  expect(transitions[1]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    previous_id: transitions[0]?.id,
    rule: "slow",
    name: { en: "Slow", zh: "慢" },
    severity: "critical",
    indicator: "response_time.avg",
    labels: {},
    from: "pending",
    to: "firing",
    reason: "condition_held",
    value: 9,
    op: ">",
    threshold: 5,
    unit: "s",
    at: "2026-08-01T10:00:30.000Z",
    since: "2026-08-01T10:00:15.000Z",
  });
});

test("a transition without data has no value", () => {
  const { transitions } = new RuleRun(ruleOf({ noDataForS: 15 })).play("bad none");
  expect(transitions[1]).not.toHaveProperty("value");
});

test("an alert about missing data began when the data ended", () => {
  const { transitions } = new RuleRun(ruleOf({ noData: "alert", noDataForS: 30 })).play("good none*2");
  expect(transitions[0]).toMatchObject({ at: "2026-08-01T10:00:30.000Z", since: "2026-08-01T10:00:00.000Z" });
});

test("the same change has the same id on every replica, another change another one", () => {
  const first = new RuleRun(ruleOf()).play("bad good bad").transitions.map(({ id }) => id);
  const replica = new RuleRun(ruleOf({ labels: { team: "a" } })).play("bad good bad").transitions.map(({ id }) => id);
  expect(replica).toEqual(first);
  expect(new Set(first).size).toBe(3);
});

test("a value that cannot be used is the evaluation's error", () => {
  const { error } = evaluateRule(ruleOf({ by: ["model"] }), [], answerOf("a=nan,b=bad"), START_MS);
  expect(error).toBe("response_time.avg: expected a number, found NaN");
});

test("two samples with the same labels are an error", () => {
  const sample = { labels: {}, value: 9, count: 1 };
  const { error, transitions } = evaluateRule(ruleOf(), [], { samples: [sample, sample] }, START_MS);
  expect(error).toContain("two samples");
  expect(transitions).toEqual([]);
});

test("the value shown for a split rule is the worst", () => {
  const samples = [3, 7, 5].map((value, index) => ({ labels: { model: `m${index}` }, value, count: 1 }));
  expect(evaluateRule(ruleOf({ by: ["model"] }), [], { samples }, START_MS).value).toBe(7);
  const below = ruleOf({ by: ["model"], when: { op: "<", value: 1 } });
  expect(evaluateRule(below, [], { samples }, START_MS).value).toBe(3);
});

test("the end of a removed rule's alert leads back to its beginning, and has no value", () => {
  const [began, ended] = new RuleRun(ruleOf()).play("bad removed").transitions;
  expect(ended).toMatchObject({ previous_id: began?.id, at: "2026-08-01T10:00:15.000Z", since: began?.since });
  expect(ended).not.toHaveProperty("value");
});
