import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlertInstance } from "../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { type Answer, type Evaluation, evaluateRule } from "../../src/alert/evaluate.js";
import { labelsKey, type Rule } from "../../src/alert/rule.js";
import { holds, type Threshold } from "../../src/alert/threshold.js";
import type { Sample } from "../../src/query/metric-source.js";
import { ruleOf } from "./rule-of.js";
import { START_MS } from "./rule-run.js";

/** One evaluation of a random run: what was answered, when, and what came of it. */
interface Round {
  answer: Answer;
  atMs: number;
  before: readonly AlertInstance[];
  evaluation: Evaluation;
}

interface Step {
  answer: Answer;
  passedMs: number;
}

const INTERVAL_S = 15;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(9, 6, 5, 4.5, 4, 1) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  { weight: 1, arbitrary: fc.double().map((number) => (Object.is(number, -0) ? 0 : number)) },
);
const figure = fc.record({ value, count: fc.constantFrom(10, 10, 5, 4, 0) });
const error = fc.constant<Answer>({ error: "source down" });

const whole = fc.oneof(
  { weight: 1, arbitrary: error },
  { weight: 1, arbitrary: fc.constant<Answer>({ samples: [] }) },
  { weight: 6, arbitrary: figure.map((found): Answer => ({ samples: [{ labels: {}, ...found }] })) },
);
/** Models that come and go; now and then one is answered twice. */
const byModel = fc.oneof(
  { weight: 1, arbitrary: error },
  {
    weight: 6,
    arbitrary: fc
      .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "a again"), figure), { selector: ([model]) => model })
      .map(
        (found): Answer => ({
          samples: found.map(([model, rest]) => ({ labels: { model: model[0] ?? "" }, ...rest })),
        }),
      ),
  },
);

const onTime = fc.constant(INTERVAL_S * 1000);
const forwards = fc.oneof(
  { weight: 10, arbitrary: onTime },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(600_000, 3_600_000) },
);
/** With clocks that are set, and evaluations twice at one time. */
const anyTime = fc.oneof(
  { weight: 10, arbitrary: forwards },
  { weight: 1, arbitrary: fc.constantFrom(0, -3_600_000) },
  { weight: 1, arbitrary: fc.integer({ min: -60_000, max: 0 }) },
);

const conditions = fc.constantFrom<Pick<Rule, "when" | "resolveWhen">>(
  { when: { op: ">", value: 5 } },
  { when: { op: ">=", value: 5 } },
  { when: { op: "<", value: 5 } },
  { when: { op: "<=", value: 5 } },
  { when: { op: ">", value: 5 }, resolveWhen: { op: "<", value: 4.2 } },
  { when: { op: "<", value: 4.2 }, resolveWhen: { op: ">=", value: 5 } },
);
const anyRule = fc
  .record({
    forS: fc.constantFrom(0, 0, 15, 20, 45),
    keepFiringForS: fc.constantFrom(0, 0, 15, 20, 45),
    minRequests: fc.constantFrom(0, 5),
    noData: fc.constantFrom("keep", "ok", "alert"),
    noDataForS: fc.constantFrom(0, 15, 20, 45, 45),
  })
  .chain((parts) => conditions.map((condition) => ({ ...parts, ...condition })));

const stepsOf = (answer: fc.Arbitrary<Answer>, passedMs: fc.Arbitrary<number>) =>
  fc.array(fc.record({ answer, passedMs }), { maxLength: 40, size: "max" });

const runOf = (passedMs: fc.Arbitrary<number>) =>
  fc.oneof(
    fc.tuple(
      anyRule.map((parts) => ruleOf(parts)),
      stepsOf(whole, passedMs),
    ),
    fc.tuple(
      anyRule.map((parts) => ruleOf({ ...parts, by: ["model"] })),
      stepsOf(byModel, passedMs),
    ),
  );

function play(rule: Rule, steps: readonly Step[], kept = (instances: AlertInstance[]) => instances): Round[] {
  let instances: AlertInstance[] = [];
  let atMs = START_MS;
  return steps.map(({ answer, passedMs }) => {
    atMs += passedMs;
    const before = instances;
    const evaluation = evaluateRule(rule, before, answer, atMs);
    instances = kept(evaluation.instances);
    return { answer, atMs, before, evaluation };
  });
}

/** Checks what must be true of every run. */
function always(passedMs: fc.Arbitrary<number>, check: (rule: Rule, rounds: Round[], steps: Step[]) => void): void {
  fc.assert(
    fc.property(runOf(passedMs), ([rule, steps]) => check(rule, play(rule, steps), steps)),
    { numRuns: 300 },
  );
}

/** What an answer says about one alert, told from the rule and the answer alone. */
type Word = "unusable" | "none" | "few" | { value: number };

function wordOn(rule: Rule, answer: Answer, key: string): Word {
  if ("error" in answer) return "unusable";
  const [sample, another] = (answer.samples as readonly Sample[]).filter(({ labels }) => labelsKey(labels) === key);
  if (sample === undefined) return "none";
  if (another !== undefined || !Number.isFinite(sample.value)) return "unusable";
  return (sample.count ?? 0) < rule.minRequests ? "few" : { value: sample.value };
}

/** Whether the condition holds; undefined when the answer says nothing about that. */
function verdict(rule: Rule, condition: (value: number) => boolean, word: Word): boolean | undefined {
  if (typeof word === "object") return condition(word.value);
  return word !== "unusable" && rule.noData === "ok" ? false : undefined;
}

/** Every transition with the rounds of its alert up to it, newest first, since the alert's previous transition. */
function transitionsOf(rule: Rule, rounds: readonly Round[]) {
  return rounds.flatMap(({ evaluation }, index) =>
    evaluation.transitions.map((transition) => {
      const key = labelsKey(transition.labels);
      const own = ({ labels }: { labels: AlertTransition["labels"] }) => labelsKey(labels) === key;
      const earlier = rounds.slice(0, index).findLastIndex((round) => round.evaluation.transitions.some(own));
      const previous = rounds[earlier]?.evaluation.transitions.find(own);
      const since = rounds
        .slice(earlier + 1, index + 1)
        .map((round) => ({ word: wordOn(rule, round.answer, key), round, atMs: round.atMs }))
        .reverse();
      return { transition, previous, since, begunAtMs: rounds[earlier]?.atMs, index };
    }),
  );
}

/** The time that went by between the first and the last of these times; what a clock was set back does not count. */
function passedS(times: readonly number[]): number {
  return times.reduce((sum, time, index) => sum + Math.max(0, time - (times[index - 1] ?? time)), 0) / 1000;
}

const evaluationsFor = (seconds: number): number => Math.ceil(seconds / INTERVAL_S);
const whenHolds = (rule: Rule) => (value: number) => holds(rule.when as Threshold, value);

describe("firing", () => {
  test("comes after `for` of a condition that was seen to hold, and was not seen not to", () => {
    always(anyTime, (rule, rounds) => {
      for (const { transition, previous, since, begunAtMs } of transitionsOf(rule, rounds)) {
        if (transition.to !== "firing" || transition.reason === "no_data") continue;
        const verdicts = since.map(({ word }) => verdict(rule, whenHolds(rule), word));
        expect(verdicts[0]).toBe(true);
        if (transition.from === "inactive") {
          expect(rule.forS).toBe(0);
          continue;
        }
        expect(previous?.to).toBe("pending");
        expect(verdicts).not.toContain(false);
        // The evaluation that made it pending is one more.
        expect(verdicts.filter((verdict) => verdict === true).length).toBeGreaterThanOrEqual(evaluationsFor(rule.forS));
        expect(passedS([begunAtMs ?? 0, ...since.map(({ atMs }) => atMs).reverse()])).toBeGreaterThanOrEqual(rule.forS);
      }
    });
  });

  test("is not held back: a condition that holds on time for `for` fires", () => {
    always(onTime, (rule, rounds) => {
      const needed = 1 + evaluationsFor(rule.forS);
      rounds.forEach(({ evaluation }, index) => {
        for (const key of keysOf(rounds)) {
          const newest = rounds.slice(Math.max(0, index + 1 - needed), index + 1);
          const seen = newest.map(({ answer }) => verdict(rule, whenHolds(rule), wordOn(rule, answer, key)));
          if (seen.length < needed || seen.includes(false) || seen.includes(undefined)) continue;
          expect(evaluation.instances.find(({ labels }) => labelsKey(labels) === key)?.state).toBe("firing");
        }
      });
    });
  });

  test("for want of data comes only where the rule says so, after `no_data_for` without any", () => {
    always(anyTime, (rule, rounds) => {
      for (const { transition, since, index } of transitionsOf(rule, rounds)) {
        if (transition.to !== "firing" || transition.reason !== "no_data") continue;
        expect(rule.noData).toBe("alert");
        expect(transition).not.toHaveProperty("value");
        const key = labelsKey(transition.labels);
        const words = rounds.slice(0, index + 1).map(({ answer }) => wordOn(rule, answer, key));
        const told = words.filter((word) => word !== "unusable");
        const withData = told.findLastIndex((word) => word !== "none");
        // Each stands for one interval at most.
        expect(told.length - 1 - withData).toBeGreaterThanOrEqual(Math.max(1, evaluationsFor(rule.noDataForS)));
        expect(since[0]?.word).toBe("none");
      }
    });
  });
});

describe("the end of a firing alert", () => {
  test("comes after `keep_firing_for` of a condition that was seen to be over", () => {
    always(anyTime, (rule, rounds) => {
      for (const { transition, previous, since } of transitionsOf(rule, rounds)) {
        if (transition.to !== "resolved") continue;
        const expired = transition.reason === "no_data_expired" || transition.reason === "below_min_requests";
        if (expired && rule.noData !== "ok") continue;
        const { resolveWhen } = rule;
        const stillBad = (value: number) =>
          resolveWhen !== undefined && previous?.reason !== "no_data"
            ? !holds(resolveWhen, value)
            : whenHolds(rule)(value);
        const verdicts = since.map(({ word }) => verdict(rule, stillBad, word));
        expect(verdicts[0]).toBe(false);
        const lastBad = verdicts.indexOf(true);
        const over = since.slice(0, lastBad < 0 ? undefined : lastBad);
        const clear = over.filter(({ word }) => verdict(rule, stillBad, word) === false);
        expect(clear.length).toBeGreaterThanOrEqual(1 + evaluationsFor(rule.keepFiringForS));
        expect(passedS(over.map(({ atMs }) => atMs).reverse())).toBeGreaterThanOrEqual(rule.keepFiringForS);
      }
    });
  });

  test("is not held back: a condition that is over on time for `keep_firing_for` resolves", () => {
    always(onTime, (rule, rounds) => {
      const { resolveWhen } = rule;
      const needed = 1 + evaluationsFor(rule.keepFiringForS);
      rounds.forEach(({ evaluation }, index) => {
        for (const { labels, state, entered } of evaluation.instances) {
          const newest = rounds.slice(Math.max(0, index + 1 - needed), index + 1);
          const stillBad = (value: number) =>
            resolveWhen !== undefined && entered?.reason !== "no_data"
              ? !holds(resolveWhen, value)
              : whenHolds(rule)(value);
          const words = newest.map(({ answer }) => wordOn(rule, answer, labelsKey(labels)));
          const seen = words.map((word) => verdict(rule, stillBad, word));
          if (seen.length === needed && seen.every((bad) => bad === false)) expect(state).not.toBe("firing");
        }
      });
    });
  });

  test("for want of information comes after `no_data_for` without any", () => {
    always(anyTime, (rule, rounds) => {
      for (const { transition, since } of transitionsOf(rule, rounds)) {
        const { to, reason } = transition;
        if ((to !== "resolved" && to !== "inactive") || reason === "condition_false" || rule.noData === "ok") continue;
        const told = since.map(({ word }) => word).filter((word) => word !== "unusable");
        const withValue = told.findIndex((word) => typeof word === "object");
        const unknown = withValue < 0 ? told : told.slice(0, withValue);
        expect(unknown.length).toBeGreaterThanOrEqual(Math.max(1, evaluationsFor(rule.noDataForS)));
        expect(reason).toBe(unknown[0] === "few" ? "below_min_requests" : "no_data_expired");
      }
    });
  });
});

test("a pending alert ends only when its condition was seen to be over, or nothing was known for long", () => {
  always(anyTime, (rule, rounds) => {
    for (const { transition, since } of transitionsOf(rule, rounds)) {
      if (transition.to !== "inactive") continue;
      const newest = verdict(rule, whenHolds(rule), since[0]?.word ?? "unusable");
      expect(newest).toBe(transition.reason === "condition_false" || rule.noData === "ok" ? false : undefined);
    }
  });
});

test("an error changes nothing, and a value that is no number nothing of its alert", () => {
  always(anyTime, (rule, rounds) => {
    for (const { answer, before, evaluation } of rounds) {
      if ("error" in answer) {
        expect(evaluation).toEqual({ instances: before, transitions: [], error: "source down" });
      }
      for (const key of keysOf(rounds)) {
        if (wordOn(rule, answer, key) !== "unusable") continue;
        const own = (alerts: readonly { labels: AlertInstance["labels"] }[]) =>
          alerts.filter(({ labels }) => labelsKey(labels) === key);
        expect(evaluation.error).toBeDefined();
        expect(own(evaluation.transitions)).toEqual([]);
        // One that was not known before and cannot be told now is not begun, unless its absence would be watched.
        if (own(before).length > 0) expect(own(evaluation.instances)).toEqual(own(before));
      }
    }
  });
});

test("the same answers at the same times give the same states, transitions and ids", () => {
  always(anyTime, (rule, rounds, steps) => {
    expect(play(structuredClone(rule), structuredClone(steps))).toEqual(rounds);
  });
});

test("what went through JSON goes on as if nothing had been", () => {
  always(anyTime, (rule, rounds, steps) => {
    expect(play(rule, steps, (instances) => JSON.parse(JSON.stringify(instances)))).toEqual(rounds);
  });
});

test("the state it is given is left as it is", () => {
  always(anyTime, (rule, _, steps) => {
    play(rule, steps, (instances) => deepFreeze(instances));
  });
});

test("the alerts of a split do not touch each other, and the order of the answer says nothing", () => {
  fc.assert(
    fc.property(anyRule, stepsOf(byModel, anyTime), (parts, steps) => {
      const rule = ruleOf({ ...parts, by: ["model"] });
      const together = play(rule, steps);
      const backwards = play(rule, steps.map(changed((samples) => samples.toReversed())));
      for (const model of ["a", "b", "c"]) {
        const alone = play(
          rule,
          steps.map(changed((samples) => samples.filter(({ labels }) => labels.model === model))),
        );
        const own = (rounds: Round[]) =>
          rounds.map(({ evaluation }) => evaluation.transitions.filter(({ labels }) => labels.model === model));
        expect(own(alone)).toEqual(own(together));
        expect(
          own(backwards)
            .flat()
            .map(({ reason, to }) => [reason, to]),
        ).toEqual(
          own(together)
            .flat()
            .map(({ reason, to }) => [reason, to]),
        );
      }
    }),
    { numRuns: 300 },
  );
});

describe("transitions", () => {
  test("chain: each begins in the state in which its alert's one before ended", () => {
    always(anyTime, (rule, rounds) => {
      for (const { transition, previous } of transitionsOf(rule, rounds)) {
        const begun = previous !== undefined && previous.to !== "resolved" && previous.to !== "inactive";
        expect(transition.from).toBe(begun ? previous.to : "inactive");
        expect(transition.previous_id).toBe(begun ? previous.id : undefined);
      }
    });
  });

  test("lead to the state that is kept: the newest one is what an alert has entered", () => {
    always(anyTime, (rule, rounds) => {
      const newest = new Map<string, AlertTransition>();
      for (const { evaluation } of rounds) {
        for (const transition of evaluation.transitions) newest.set(labelsKey(transition.labels), transition);
        const active = [...newest].filter(([, { to }]) => to === "pending" || to === "firing");
        const kept = evaluation.instances.filter(({ state }) => state !== "inactive");
        expect(new Map(kept.map(({ labels, entered }) => [labelsKey(labels), entered]))).toEqual(new Map(active));
        expect(kept.map(({ state }) => state)).toEqual(kept.map(({ entered }) => entered?.to));
        if (rule.noData !== "alert") expect(evaluation.instances).toEqual(kept);
        expect(new Set(evaluation.instances.map(({ labels }) => labelsKey(labels))).size).toBe(
          evaluation.instances.length,
        );
      }
    });
  });

  test("have ids of their own", () => {
    always(forwards, (_, rounds) => {
      const ids = rounds.flatMap(({ evaluation }) => evaluation.transitions.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  test("share an id only where a clock that was set back gives the same change at the same time again", () => {
    always(anyTime, (_, rounds) => {
      const seen = new Map<string, unknown>();
      for (const { id, rule, labels, to, at, since } of rounds.flatMap(({ evaluation }) => evaluation.transitions)) {
        const change = { rule, labels, to, at, since };
        expect(seen.get(id) ?? change).toEqual(change);
        seen.set(id, change);
      }
    });
  });
});

function keysOf(rounds: readonly Round[]): Set<string> {
  return new Set(
    rounds.flatMap(({ answer, before }) =>
      [...before, ...("samples" in answer ? answer.samples : [])].map(({ labels }) => labelsKey(labels)),
    ),
  );
}

function changed(change: (samples: Sample[]) => Sample[]): (step: Step) => Step {
  return ({ answer, passedMs }) => ({
    answer: "error" in answer ? answer : { samples: change([...answer.samples] as Sample[]) },
    passedMs,
  });
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
