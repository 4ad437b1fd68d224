import type { AlertInstance } from "../alert-instance.js";
import type { AlertState } from "../alert-view.js";
import { evaluateRule } from "../evaluate.js";
import { labelsKey, type Rule } from "../rule.js";
import { answerAt } from "./answers-of.js";
import type { Expectation, ExpectedAlert, RuleTest } from "./rule-test.js";

/** An expectation that did not hold. */
export interface RuleTestFailure {
  rule: string;
  /** Seconds since the start of the test. */
  evalTimeS: number;
  /** A state, or one text an alert: `firing {model="gpt-4o"} value 9`. */
  expected: string[];
  found: string[];
  /** What the newest evaluation could not use. */
  error?: string;
}

/** How a rule stood after an evaluation. */
interface Standing {
  instances: readonly AlertInstance[];
  error?: string;
}

/**
 * Evaluates the rules that the test names, as an evaluator would from its first start on, at 0 s and each whole interval
 * of the rule. A value holds until the next one of its series.
 *
 * @returns what did not stand as expected
 */
export function runRuleTest(test: RuleTest): RuleTestFailure[] {
  const rules = new Set(test.expectations.map(({ rule }) => rule));
  return [...rules].flatMap((rule) => {
    const own = test.expectations.filter((expectation) => expectation.rule === rule);
    const lastS = Math.max(...own.map(({ evalTimeS }) => evalTimeS));
    const standings = standingsOf(test, rule, lastS);
    return own.flatMap((expectation) => {
      const standing = standings[Math.floor(expectation.evalTimeS / rule.intervalS)] ?? { instances: [] };
      return failures(expectation, standing);
    });
  });
}

function standingsOf({ series, intervalS }: RuleTest, rule: Rule, lastS: number): Standing[] {
  const standings: Standing[] = [];
  let instances: readonly AlertInstance[] = [];
  for (let evaluation = 0; evaluation * rule.intervalS <= lastS; evaluation++) {
    const atS = evaluation * rule.intervalS;
    const answer = answerAt(series, rule, Math.floor(atS / intervalS));
    const after = evaluateRule(rule, instances, answer, atS * 1000);
    instances = after.instances;
    standings.push({ instances, ...(after.error !== undefined && { error: after.error }) });
  }
  return standings;
}

function failures(expectation: Expectation, { instances, error }: Standing): RuleTestFailure[] {
  const active = instances.filter(({ state }) => state !== "inactive").map(alertOf);
  const failed = (expected: string[], found: string[]): RuleTestFailure[] =>
    JSON.stringify(expected) === JSON.stringify(found)
      ? []
      : [
          {
            rule: expectation.rule.id,
            evalTimeS: expectation.evalTimeS,
            expected,
            found,
            ...(error !== undefined && { error }),
          },
        ];
  const { state, alerts } = expectation;
  return [
    ...(state === undefined ? [] : failed([state], [worstState(active)])),
    ...(alerts === undefined ? [] : failed(alerts.map(alertText).sort(), foundTexts(active, alerts))),
  ];
}

function alertOf({ labels, entered }: AlertInstance): ExpectedAlert {
  const alert: ExpectedAlert = { labels, state: entered?.to === "firing" ? "firing" : "pending" };
  if (entered?.value !== undefined) alert.value = entered.value;
  if (entered?.reason !== undefined) alert.reason = entered.reason;
  if (entered?.annotations !== undefined) alert.annotations = entered.annotations;
  return alert;
}

function worstState(active: readonly ExpectedAlert[]): AlertState {
  const states = active.map(({ state }) => state);
  return states.includes("firing") ? "firing" : (states[0] ?? "inactive");
}

/** Of each alert what the test asks about; of one that it does not know, state and value. */
function foundTexts(active: readonly ExpectedAlert[], expected: readonly ExpectedAlert[]): string[] {
  return active
    .map((alert) => {
      const asked = expected.find(({ labels }) => labelsKey(labels) === labelsKey(alert.labels)) ?? { value: 0 };
      const parts = Object.entries(alert).filter(([part]) => part === "labels" || part === "state" || part in asked);
      return alertText(Object.fromEntries(parts) as unknown as ExpectedAlert);
    })
    .sort();
}

function alertText({ labels, state, value, reason, annotations }: ExpectedAlert): string {
  return [
    `${state} {${pairs(labels)}}`,
    ...(value === undefined ? [] : [`value ${value}`]),
    ...(reason === undefined ? [] : [`reason ${reason}`]),
    ...(annotations === undefined ? [] : [`annotations {${pairs(annotations)}}`]),
  ].join(" ");
}

function pairs(texts: Readonly<Record<string, string>>): string {
  return Object.keys(texts)
    .sort()
    .map((name) => `${name}=${JSON.stringify(texts[name])}`)
    .join(", ");
}
