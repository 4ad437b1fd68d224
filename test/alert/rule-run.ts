import type { AlertInstance } from "../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { parseDuration } from "../../src/alert/duration.js";
import { type Answer, endOfRemoved, evaluateRule } from "../../src/alert/evaluate.js";
import type { Rule } from "../../src/alert/rule.js";
import type { Sample } from "../../src/query/metric-source.js";

export const START_MS = Date.parse("2026-08-01T10:00:00Z");

/** What a script's words mean to a rule `> 5`, with `min_requests: 5` where it counts. */
const FIGURES = {
  bad: { value: 9, count: 10 },
  /** Not bad, and not good enough for `resolve_when: "< 4"`. */
  middling: { value: 4.5, count: 10 },
  good: { value: 1, count: 10 },
  fewbad: { value: 9, count: 4 },
  fewgood: { value: 1, count: 4 },
  nan: { value: Number.NaN, count: 10 },
  inf: { value: Number.POSITIVE_INFINITY, count: 10 },
} as const;

/** The answer that a word of a script stands for: `bad`, `none`, `error`, or by model `a=bad,b=good`. */
export function answerOf(word: string): Answer {
  if (word === "error") return { error: "source down" };
  if (word === "none") return { samples: [] };
  return { samples: word.split(",").map(sampleOf) };
}

function sampleOf(word: string): Sample {
  const [, model, name] = word.match(/^(?:(\w+)=)?(\w+)$/) ?? [];
  const figure = FIGURES[name as keyof typeof FIGURES];
  if (figure === undefined) throw new Error(`no answer is called ${word}`);
  return { labels: model === undefined ? {} : { model }, ...figure };
}

/**
 * Evaluates a rule as a script of words tells, one answer an interval: `bad`, `good*3`, `none`, `error`, `a=bad,b=good`.
 * `+45s`, `-1h`: the next evaluation is that much later or earlier. `restart`: only what JSON keeps is left.
 * `removed`: the rule is gone from its file.
 */
export class RuleRun {
  instances: AlertInstance[] = [];
  readonly transitions: AlertTransition[] = [];
  atMs = START_MS;

  constructor(public rule: Rule) {}

  play(script: string): this {
    for (const word of script.split(" ")) this.step(word);
    return this;
  }

  /** The states of the alert with this model, or of the one without split: `inactive=>firing=>resolved`. */
  path(model?: string): string {
    const own = this.transitions.filter(({ labels }) => labels.model === model);
    return ["inactive", ...own.map(({ to }) => to)].join("=>");
  }

  get reasons(): string[] {
    return this.transitions.map(({ reason }) => reason);
  }

  /** The times of the transitions, seconds since the start. */
  get seconds(): number[] {
    return this.transitions.map(({ at }) => (Date.parse(at) - START_MS) / 1000);
  }

  private step(word: string): void {
    const shift = word.match(/^([+-])(.+)$/);
    if (shift !== null) {
      this.atMs += (shift[1] === "-" ? -1000 : 1000) * (parseDuration(shift[2] ?? "") ?? Number.NaN);
    } else if (word === "restart") {
      this.instances = JSON.parse(JSON.stringify(this.instances));
    } else if (word === "removed") {
      this.transitions.push(...this.instances.flatMap((instance) => endOfRemoved(instance, this.atMs) ?? []));
      this.instances = [];
    } else {
      const [answer = "", times = "1"] = word.split("*");
      for (let time = 0; time < Number(times); time++) this.evaluate(answerOf(answer));
    }
  }

  private evaluate(answer: Answer): void {
    const { instances, transitions } = evaluateRule(this.rule, this.instances, answer, this.atMs);
    this.instances = instances;
    this.transitions.push(...transitions);
    this.atMs += this.rule.intervalS * 1000;
  }
}
