import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlertInstance } from "../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { type Answer, endOfRemoved, evaluateRule } from "../../src/alert/evaluate.js";
import type { Rule } from "../../src/alert/rule.js";
import { ruleOf } from "./rule-of.js";

const START_MS = Date.parse("2026-08-01T10:00:00Z");

const bad: Answer = { samples: [{ labels: {}, value: 9, count: 10 }] };
const middling: Answer = { samples: [{ labels: {}, value: 4.5, count: 10 }] };
const good: Answer = { samples: [{ labels: {}, value: 1, count: 10 }] };
const fewBad: Answer = { samples: [{ labels: {}, value: 9, count: 4 }] };
const fewGood: Answer = { samples: [{ labels: {}, value: 1, count: 4 }] };
const nothing: Answer = { samples: [] };
const failed: Answer = { error: "source down" };
const nan: Answer = { samples: [{ labels: {}, value: Number.NaN, count: 10 }] };

interface Outcome {
  instances: AlertInstance[];
  transitions: AlertTransition[];
  /** `inactive=>firing=>resolved`: all states of the alert without labels, in order. */
  path: string;
}

/** One answer an interval, or at the given seconds. */
function evaluateAll(rule: Rule, answers: readonly Answer[], atS: (index: number) => number = (i) => i * 15): Outcome {
  let instances: AlertInstance[] = [];
  const transitions: AlertTransition[] = [];
  answers.forEach((answer, index) => {
    const evaluation = evaluateRule(rule, instances, answer, START_MS + atS(index) * 1000);
    instances = evaluation.instances;
    transitions.push(...evaluation.transitions);
  });
  return { instances, transitions, path: ["inactive", ...transitions.map(({ to }) => to)].join("=>") };
}

const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);

describe.each<[path: string, when: string, rule: Partial<Rule>, answers: Answer[], reasons: string[]]>([
  ["inactive", "the condition never holds", {}, [good, good], []],
  ["inactive=>firing", "the condition holds once and for is 0", {}, [good, bad], ["condition_true"]],
  ["inactive=>firing", "the condition holds on", {}, [bad, bad, bad], ["condition_true"]],
  ["inactive=>firing=>resolved", "the condition ends", {}, [bad, good], ["condition_true", "condition_false"]],
  ["inactive=>pending", "for is not over", { forS: 30 }, [bad, bad], ["condition_true"]],
  ["inactive=>pending=>firing", "for is over", { forS: 30 }, [bad, bad, bad], ["condition_true", "condition_held"]],
  [
    "inactive=>pending=>firing=>resolved",
    "the condition ends after for",
    { forS: 30 },
    [bad, bad, bad, good],
    ["condition_true", "condition_held", "condition_false"],
  ],
  [
    "inactive=>pending=>inactive",
    "the condition ends before for",
    { forS: 30 },
    [bad, bad, good],
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>pending=>inactive=>pending",
    "for begins anew after the condition ended",
    { forS: 30 },
    [bad, bad, good, bad, bad],
    ["condition_true", "condition_false", "condition_true"],
  ],
  ["inactive=>firing", "keep_firing_for is not over", { keepFiringForS: 30 }, [bad, good, good], ["condition_true"]],
  [
    "inactive=>firing=>resolved",
    "keep_firing_for is over",
    { keepFiringForS: 30 },
    [bad, good, good, good],
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>firing",
    "the condition comes back within keep_firing_for, which begins anew",
    { keepFiringForS: 30 },
    [bad, good, good, bad, good, good],
    ["condition_true"],
  ],
  [
    "inactive=>firing",
    "resolve_when does not hold yet",
    { resolveWhen: { op: "<", value: 4 } },
    [bad, middling, middling],
    ["condition_true"],
  ],
  [
    "inactive=>firing=>resolved",
    "resolve_when holds",
    { resolveWhen: { op: "<", value: 4 } },
    [bad, middling, good],
    ["condition_true", "condition_false"],
  ],
  ["inactive", "fewer than min_requests are bad", { minRequests: 5 }, [fewBad, fewBad], []],
  [
    "inactive=>firing",
    "few good requests say nothing to a firing alert",
    { minRequests: 5 },
    [bad, fewGood],
    ["condition_true"],
  ],
  [
    "inactive=>firing=>resolved",
    "too few requests for no_data_for",
    { minRequests: 5, noDataForS: 30 },
    [bad, fewBad, fewBad],
    ["condition_true", "below_min_requests"],
  ],
  [
    "inactive=>pending",
    "few bad requests do not count as held",
    { minRequests: 5, forS: 30 },
    [bad, fewBad, fewBad, fewBad],
    ["condition_true"],
  ],
  ["inactive", "there is no data", {}, times(300, nothing), []],
  ["inactive=>firing", "no data for less than no_data_for", {}, [bad, ...times(239, nothing)], ["condition_true"]],
  [
    "inactive=>firing=>resolved",
    "no data for no_data_for",
    {},
    [bad, ...times(240, nothing)],
    ["condition_true", "no_data_expired"],
  ],
  [
    "inactive=>firing",
    "data comes back before no_data_for, which begins anew",
    { noDataForS: 45 },
    [bad, nothing, nothing, bad, nothing, nothing],
    ["condition_true"],
  ],
  [
    "inactive=>pending=>inactive",
    "no data for no_data_for while pending",
    { forS: 60, noDataForS: 30 },
    [bad, nothing, nothing],
    ["condition_true", "no_data_expired"],
  ],
  ["inactive=>firing=>resolved", "no_data: ok", { noData: "ok" }, [bad, nothing], ["condition_true", "no_data"]],
  ["inactive=>firing", "no_data: alert", { noData: "alert", noDataForS: 30 }, [good, nothing, nothing], ["no_data"]],
  ["inactive", "no_data: alert is not over", { noData: "alert", noDataForS: 30 }, [good, nothing, good, nothing], []],
  [
    "inactive=>firing=>resolved",
    "no_data: alert and the data comes back good",
    { noData: "alert", noDataForS: 30 },
    [nothing, nothing, nothing, nothing, good],
    ["no_data", "condition_false"],
  ],
  ["inactive=>firing", "an error is no resolve", {}, [bad, ...times(300, failed)], ["condition_true"]],
  ["inactive=>firing", "NaN is no resolve", {}, [bad, ...times(300, nan)], ["condition_true"]],
  ["inactive", "errors do not fire, not even no_data: alert", { noData: "alert" }, times(300, failed), []],
  [
    "inactive=>pending=>firing",
    "an error within for neither counts nor begins it anew",
    { forS: 30 },
    [bad, bad, failed, bad],
    ["condition_true", "condition_held"],
  ],
])("%s", (path, when, parts, answers, reasons) => {
  test(when, () => {
    const outcome = evaluateAll(ruleOf(parts), answers);
    expect(outcome.path).toBe(path);
    expect(outcome.transitions.map(({ reason }) => reason)).toEqual(reasons);
  });
});

test("a transition says rule, value, threshold, when it was found and since when the condition held", () => {
  const { transitions } = evaluateAll(ruleOf({ forS: 15, severity: "critical" }), [good, bad, bad]);
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
  const { transitions } = evaluateAll(ruleOf({ noDataForS: 15 }), [bad, nothing]);
  expect(transitions[1]).not.toHaveProperty("value");
});

test("the same change has the same id on every replica, another change another one", () => {
  const first = evaluateAll(ruleOf(), [bad, good, bad]).transitions.map(({ id }) => id);
  const replica = evaluateAll(ruleOf({ labels: { team: "a" } }), [bad, good, bad]).transitions.map(({ id }) => id);
  expect(replica).toEqual(first);
  expect(new Set(first).size).toBe(3);
});

test("each combination of split labels is an alert of its own, and one that vanishes is without data", () => {
  const rule = ruleOf({ by: ["model"], noDataForS: 15 });
  const { transitions, instances } = evaluateAll(rule, [
    {
      samples: [
        { labels: { model: "a" }, value: 9, count: 1 },
        { labels: { model: "b" }, value: 1, count: 1 },
        { labels: { model: "c" }, value: 9, count: 1 },
      ],
    },
    { samples: [{ labels: { model: "a" }, value: 9, count: 1 }] },
  ]);
  expect(transitions.map(({ labels, to, reason }) => [labels.model, to, reason])).toEqual([
    ["a", "firing", "condition_true"],
    ["c", "firing", "condition_true"],
    ["c", "resolved", "no_data_expired"],
  ]);
  expect(instances.map(({ labels, state }) => [labels.model, state])).toEqual([["a", "firing"]]);
});

test("one alert's unusable value keeps its state and is an error; its neighbours go on", () => {
  const rule = ruleOf({ by: ["model"] });
  const a = { labels: { model: "a" }, value: 9, count: 1 };
  const before = evaluateRule(rule, [], { samples: [a] }, START_MS);
  const after = evaluateRule(
    rule,
    before.instances,
    {
      samples: [
        { ...a, value: Number.NaN },
        { ...a, labels: { model: "b" } },
      ],
    },
    START_MS + 15_000,
  );
  expect(after.error).toContain("expected a number, found NaN");
  expect(after.instances.map(({ labels, state }) => [labels.model, state])).toEqual([
    ["a", "firing"],
    ["b", "firing"],
  ]);
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

test("a gap in the evaluations, or a clock that jumps ahead, counts as one interval", () => {
  const rule = ruleOf({ forS: 60, noDataForS: 60 });
  expect(evaluateAll(rule, [bad, bad], (i) => i * 3600).path).toBe("inactive=>pending");
  expect(evaluateAll(ruleOf({ noDataForS: 60 }), [bad, nothing], (i) => i * 3600).path).toBe("inactive=>firing");
});

test("a clock that jumps back neither fires nor forgets the age", () => {
  const rule = ruleOf({ forS: 45 });
  const seconds = [0, 15, 30, -3585, -3570];
  const { transitions } = evaluateAll(rule, times(5, bad), (i) => seconds[i] ?? 0);
  expect(transitions.map(({ to, at }) => [to, at])).toEqual([
    ["pending", "2026-08-01T10:00:00.000Z"],
    ["firing", "2026-08-01T09:00:30.000Z"],
  ]);
});

test("a removed rule's firing alert resolves, a pending one becomes inactive", () => {
  const firing = evaluateAll(ruleOf(), [bad]).instances[0];
  const pending = evaluateAll(ruleOf({ forS: 60 }), [bad]).instances[0];
  const end = (instance: AlertInstance | undefined) => instance && endOfRemoved(instance, START_MS + 60_000);
  expect(end(firing)).toMatchObject({ from: "firing", to: "resolved", reason: "rule_removed" });
  expect(end(firing)).toMatchObject({ previous_id: firing?.entered?.id, at: "2026-08-01T10:01:00.000Z" });
  expect(end(pending)).toMatchObject({ from: "pending", to: "inactive", reason: "rule_removed" });
});

describe("whatever is answered, and whenever", () => {
  const answer = fc.constantFrom(bad, middling, good, fewBad, fewGood, nothing, failed, nan);
  const steps = fc.array(fc.record({ answer, passedS: fc.integer({ min: -4000, max: 4000 }) }), { maxLength: 60 });
  const ruleParts = fc.record({
    forS: fc.constantFrom(0, 15, 30, 60),
    keepFiringForS: fc.constantFrom(0, 30),
    minRequests: fc.constantFrom(0, 5),
    noData: fc.constantFrom("keep", "ok", "alert"),
    noDataForS: fc.constantFrom(15, 60),
  });

  /** Calls `check` after every step. */
  function walk(
    parts: Partial<Rule>,
    history: readonly { answer: Answer; passedS: number }[],
    check: (transitions: AlertTransition[], index: number, before: AlertInstance[], after: AlertInstance[]) => void,
  ): void {
    const rule = ruleOf(parts);
    let instances: AlertInstance[] = [];
    let atMs = START_MS;
    history.forEach(({ answer: found, passedS }, index) => {
      atMs += passedS * 1000;
      const before = structuredClone(instances);
      const evaluation = evaluateRule(rule, instances, found, atMs);
      expect(instances).toEqual(before);
      instances = evaluation.instances;
      check(evaluation.transitions, index, before, instances);
    });
  }

  test("an alert fires only after the condition was seen to hold for as many evaluations as `for` needs", () => {
    fc.assert(
      fc.property(ruleParts, steps, (parts, history) => {
        walk(parts, history, (transitions, index) => {
          if (!transitions.some(({ to, reason }) => to === "firing" && reason !== "no_data")) return;
          let held = 0;
          for (const step of history.slice(0, index + 1).reverse()) {
            if (step.answer === failed || step.answer === nan) continue;
            const few = step.answer === fewBad || step.answer === fewGood;
            if (step.answer === nothing || (few && parts.minRequests > 0)) {
              if (parts.noData === "ok") break;
              continue;
            }
            if (step.answer !== bad && step.answer !== fewBad) break;
            held++;
          }
          expect(held).toBeGreaterThanOrEqual(1 + parts.forS / 15);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("an error or an unusable value changes nothing", () => {
    fc.assert(
      fc.property(ruleParts, steps, (parts, history) => {
        walk(parts, history, (transitions, index, before, after) => {
          const found = history[index]?.answer;
          if (found === failed) expect(after).toEqual(before);
          if (found === failed || found === nan) expect(transitions).toEqual([]);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("transitions chain: each begins in the state in which the one before ended", () => {
    fc.assert(
      fc.property(ruleParts, steps, (parts, history) => {
        let last: AlertTransition | undefined;
        walk(parts, history, ([transition]) => {
          if (transition === undefined) return;
          const state = last === undefined || last.to === "resolved" ? "inactive" : last.to;
          expect(transition.from).toBe(state);
          expect(transition.previous_id).toBe(state === "inactive" ? undefined : last?.id);
          last = transition;
        });
      }),
      { numRuns: 300 },
    );
  });
});
