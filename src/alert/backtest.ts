import type { BilingualText } from "../indicators/language.js";
import { failureText } from "../query/source-failure.js";
import type { AlertInstance } from "./alert-instance.js";
import type { AlertTransition } from "./alert-view.js";
import { type Answer, evaluateRule } from "./evaluate.js";
import type { QuestionAsker } from "./question-asker.js";
import { questionKey, type Rule } from "./rule.js";
import type { RuleSample } from "./rule-sample.js";

export interface BacktestOptions {
  rules: readonly Rule[];
  /** Called once for rules with the same question and interval. */
  askerFor(rule: Rule): Pick<QuestionAsker, "ask">;
  /** The first and the last time that may be evaluated, Unix times in milliseconds. */
  fromMs: number;
  toMs: number;
  /** Gets every answer that came, in the order of time for each rule. */
  onAnswer?(rule: Rule, samples: readonly RuleSample[], atMs: number): void;
  /** Gets how many evaluations of all are done. */
  onProgress?(done: number, total: number): void;
  signal?: AbortSignal;
}

/** One time that an alert would have fired. */
export interface BacktestFiring {
  began: AlertTransition;
  /** Absent: it was firing still at the end. */
  ended?: AlertTransition;
  /** Seconds, until the end of the backtest at most. */
  durationS: number;
}

/** What a rule would have done. */
export interface RuleBacktest {
  rule: Rule;
  evaluations: number;
  /** Evaluations whose answer held no sample. */
  withoutData: number;
  /** Evaluations that failed, or could not use all of their answer; they kept the state. */
  failed: number;
  /** The newest of those. */
  error?: BilingualText;
  /** Oldest first. */
  firings: BacktestFiring[];
}

/** Answers that are asked for at once, ahead of the evaluation. */
const ASKED_AHEAD = 32;

/**
 * Evaluates rules over answers about the past, at the times at which an evaluator would have: whole multiples of the
 * interval. Every rule begins inactive. Rules with the same question and interval share their answers.
 */
export async function backtest(options: BacktestOptions): Promise<RuleBacktest[]> {
  const { rules, fromMs, toMs, onProgress } = options;
  const tried = rules.map((rule): TriedRule => ({ rule, instances: [], open: new Map(), result: emptyResult(rule) }));
  const keyOf = ({ rule }: TriedRule): string => `${rule.intervalS} ${questionKey(rule)}`;
  const groups = [...new Set(tried.map(keyOf))].map((key) => tried.filter((one) => keyOf(one) === key));
  const total = tried.reduce((sum, { rule }) => sum + evaluationTimes(rule, fromMs, toMs).length, 0);
  let done = 0;
  const advance = (evaluations: number): void => {
    done += evaluations;
    onProgress?.(done, total);
  };
  await Promise.all(groups.map((group) => tryGroup(group, options, advance)));
  for (const { open, result } of tried) {
    for (const firing of open.values()) firing.durationS = (toMs - Date.parse(firing.began.at)) / 1000;
    result.firings.sort((a, b) => (a.began.at < b.began.at ? -1 : 1));
  }
  return tried.map(({ result }) => result);
}

interface TriedRule {
  rule: Rule;
  instances: readonly AlertInstance[];
  /** Firing now, by the id of the transition that began it. */
  open: Map<string, BacktestFiring>;
  result: RuleBacktest;
}

function emptyResult(rule: Rule): RuleBacktest {
  return { rule, evaluations: 0, withoutData: 0, failed: 0, firings: [] };
}

async function tryGroup(
  group: readonly TriedRule[],
  { askerFor, onAnswer, fromMs, toMs, signal }: BacktestOptions,
  advance: (evaluations: number) => void,
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const asker = askerFor(first.rule);
  const times = evaluationTimes(first.rule, fromMs, toMs);
  for (let begin = 0; begin < times.length; begin += ASKED_AHEAD) {
    signal?.throwIfAborted();
    const ahead = times.slice(begin, begin + ASKED_AHEAD);
    const answers = await Promise.all(ahead.map((atMs) => answerAt(asker, first.rule, atMs, signal)));
    answers.forEach((answer, index) => {
      const atMs = ahead[index] ?? 0;
      for (const tried of group) {
        evaluate(tried, answer, atMs);
        if ("samples" in answer) onAnswer?.(tried.rule, answer.samples, atMs);
      }
    });
    advance(ahead.length * group.length);
  }
}

/** An answer; why there is none, in both languages. */
type AnswerInWords = Answer & { words?: BilingualText };

async function answerAt(
  asker: Pick<QuestionAsker, "ask">,
  { question }: Rule,
  atMs: number,
  signal: AbortSignal | undefined,
): Promise<AnswerInWords> {
  try {
    return { samples: await asker.ask(question, atMs, { signal }) };
  } catch (error) {
    signal?.throwIfAborted();
    const words = failureText(error);
    return { error: words.en, words };
  }
}

function evaluate(tried: TriedRule, answer: AnswerInWords, atMs: number): void {
  const { rule, open, result } = tried;
  const { instances, transitions, error } = evaluateRule(rule, tried.instances, answer, atMs);
  tried.instances = instances;
  result.evaluations++;
  if ("samples" in answer && answer.samples.length === 0) result.withoutData++;
  if (error !== undefined) {
    result.failed++;
    result.error = answer.words ?? { en: error, zh: error };
  }
  for (const transition of transitions) {
    if (transition.to === "firing") {
      const firing: BacktestFiring = { began: transition, durationS: 0 };
      open.set(transition.id, firing);
      result.firings.push(firing);
    }
    const firing = transition.to === "resolved" ? open.get(transition.previous_id ?? "") : undefined;
    if (firing === undefined) continue;
    firing.ended = transition;
    firing.durationS = (atMs - Date.parse(firing.began.at)) / 1000;
    open.delete(firing.began.id);
  }
}

/** When a rule is evaluated within these times, Unix times in milliseconds. */
export function evaluationTimes({ intervalS }: Pick<Rule, "intervalS">, fromMs: number, toMs: number): number[] {
  const stepMs = intervalS * 1000;
  const firstMs = Math.ceil(fromMs / stepMs) * stepMs;
  return Array.from({ length: Math.max(0, Math.floor((toMs - firstMs) / stepMs) + 1) }, (_, i) => firstMs + i * stepMs);
}
