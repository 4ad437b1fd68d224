import { setMaxListeners } from "node:events";
import { backtest, evaluationTimes } from "../../alert/backtest.js";
import { editedRule } from "../../alert/edited-rule.js";
import type { QuestionAsker } from "../../alert/question-asker.js";
import type { Rule } from "../../alert/rule.js";
import type { ApiRoute } from "./api.js";
import { ApiError } from "./api-error.js";
import { BacktestAnswers, type BacktestView } from "./backtest-view.js";
import { OneAtATime } from "./one-at-a-time.js";
import { type PostedBacktest, postedBacktest } from "./posted.js";
import { unknownId } from "./unknown-id.js";

export interface BacktestSources {
  /** Those that are evaluated now. */
  rules(): readonly Rule[];
  /** Who answers a rule's question at many times in the past. */
  askerFor(rule: Rule): Pick<QuestionAsker, "ask">;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** A longer range is evaluated in longer steps. */
const MOST_EVALUATIONS = 2000;
const TIME_LIMIT_MS = 30_000;
/** Each reads as much as many charts do. */
const MOST_WAITING = 3;

/** What a rule, or the same with other conditions, would have done. Changes nothing. */
export function backtestRoutes(sources: BacktestSources, timeLimitMs: number = TIME_LIMIT_MS): ApiRoute[] {
  const backtests = new OneAtATime("backtests", MOST_WAITING);
  return [
    {
      method: "POST",
      path: "/api/rules/:id/backtest",
      async answer({ query, id, body, signal }): Promise<BacktestView> {
        query.end();
        const posted = postedBacktest(body, sources.nowMs());
        const rules = sources.rules();
        const rule = rules.find((each) => each.id === id);
        if (rule === undefined) {
          throw unknownId(
            "rule",
            id,
            rules.map((each) => each.id),
          );
        }
        return backtests.run(() => tried(rule, posted, { ...sources, timeLimitMs, signal }));
      },
    },
  ];
}

async function tried(
  rule: Rule,
  { fromMs, toMs, edits }: PostedBacktest,
  { askerFor, timeLimitMs, signal }: BacktestSources & { timeLimitMs: number; signal: AbortSignal | undefined },
): Promise<BacktestView> {
  const edited = editedRule(rule, edits);
  if ("mistakes" in edited) throw new ApiError(400, edited.mistakes.join("; "));
  const wanted = evaluationTimes(edited.rule, fromMs, toMs).length;
  const stepS = edited.rule.intervalS * Math.max(1, Math.ceil(wanted / MOST_EVALUATIONS));
  const stepped = { ...edited.rule, intervalS: stepS };
  const times = evaluationTimes(stepped, fromMs, toMs);
  if (times.length === 0) throw new ApiError(400, `from, to: expected at least ${stepS} s between them`);

  const answers = new BacktestAnswers(edited.rule, times);
  const late = AbortSignal.timeout(timeLimitMs);
  const stop = signal === undefined ? late : AbortSignal.any([late, signal]);
  // Every question that is under way listens, and Node warns of a leak from the eleventh on.
  setMaxListeners(0, stop);
  let done = 0;
  try {
    const [result] = await backtest({
      rules: [stepped],
      askerFor,
      fromMs,
      toMs,
      onAnswer: (_, samples, atMs) => answers.add(samples, atMs),
      onProgress: (evaluations) => {
        done = evaluations;
      },
      signal: stop,
    });
    if (result === undefined) throw new Error("a backtest of one rule has one result");
    return answers.view(result, edited.odd, stepS);
  } catch (error) {
    if (late.aborted) {
      const message = `not over after ${timeLimitMs / 1000} s: ${done} of ${times.length} evaluations. Choose a shorter time, or run chainwatch rules backtest, which takes its time`;
      throw new ApiError(503, message);
    }
    if (signal?.aborted) throw new ApiError(503, "whoever asked for the backtest has left");
    throw error;
  }
}
