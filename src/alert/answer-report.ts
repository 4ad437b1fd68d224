import type { Clock } from "./clock.js";
import { formatDuration } from "./duration.js";

/** Whose fault it is that a rule has no answer: the source gives none, or will not answer this question. */
export type FaultOf = "source" | "question";

/** How the newest question of a rule was answered. */
export interface Answered {
  rule: string;
  /** Who was asked. */
  source: string;
  /** Absent: with an answer. */
  fault?: { of: FaultOf; error: string };
}

interface Outage {
  sinceMonotonic: number;
  told: boolean;
}

/** A source that fails every other second is told of once a minute. Milliseconds. */
const QUIET_MS = 60_000;

/**
 * Tells the log about rules without an answer, seldom: one line when a source begins to fail, one when all its rules
 * have answers again; likewise of a rule whose question alone gets none.
 */
export class AnswerReport {
  readonly #outages = new Map<string, Outage>();
  readonly #toldAt = new Map<string, number>();

  constructor(
    private readonly clock: Pick<Clock, "monotonic">,
    private readonly say: (message: string) => void,
  ) {}

  /** @param answers of every rule that was asked at least once */
  look(answers: readonly Answered[]): void {
    const sources = new Set(answers.map(({ source }) => source));
    for (const source of sources) this.#lookAtSource(source, answers);
    for (const answer of answers) this.#lookAtRule(answer);
  }

  #lookAtSource(source: string, answers: readonly Answered[]): void {
    const asked = answers.filter((answer) => answer.source === source);
    const failed = asked.filter(({ fault }) => fault?.of === "source");
    this.#follow(`source ${source}`, failed.length > 0, {
      begin: () =>
        `Rules: ${failed.length} of ${asked.length} that ask ${source} have no answer and keep the state of their alerts: ${failed[0]?.fault?.error}`,
      end: (after) => `Rules: ${source} answers again, after ${after}`,
    });
  }

  #lookAtRule({ rule, fault }: Answered): void {
    this.#follow(`rule ${rule}`, fault?.of === "question", {
      begin: () => `Rule ${rule} has no answer and keeps the state of its alerts: ${fault?.error}`,
      end: (after) => `Rule ${rule} has an answer again, after ${after}`,
    });
  }

  #follow(key: string, failing: boolean, line: { begin(): string; end(after: string): string }): void {
    const now = this.clock.monotonic();
    const outage = this.#outages.get(key) ?? { sinceMonotonic: now, told: false };
    if (failing) {
      this.#outages.set(key, outage);
      if (outage.told || now - (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
      outage.told = true;
      this.#toldAt.set(key, now);
      this.say(line.begin());
    } else if (this.#outages.delete(key) && outage.told) {
      this.say(line.end(formatDuration(Math.round((now - outage.sinceMonotonic) / 1000))));
    }
  }
}
