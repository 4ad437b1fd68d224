import type { AlertInstance } from "../../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../../src/alert/alert-view.js";
import { type Answer, evaluateRule } from "../../../src/alert/evaluate.js";
import { createEvaluator, type Evaluator } from "../../../src/alert/evaluator.js";
import { QuestionAsker } from "../../../src/alert/question-asker.js";
import type { Rule } from "../../../src/alert/rule.js";
import { SqliteAlertJournal } from "../../../src/alert/sqlite-alert-journal.js";
import { PrometheusSource } from "../../../src/query/prometheus/prometheus-source.js";

/** Our evaluator on a backend, as time passes. The same folder again goes on where it stopped. */
export class OurEvaluator {
  /** By id: after a restart those about which nothing was decided come again. */
  readonly #transitions = new Map<string, AlertTransition>();
  readonly #log: string[] = [];
  #journal: SqliteAlertJournal | undefined;
  #evaluator: Evaluator | undefined;

  constructor(
    readonly name: string,
    private readonly backendUrl: string,
    private readonly rules: readonly Rule[],
    private readonly folder: string,
  ) {}

  get log(): string {
    return this.#log.join("\n");
  }

  transitionsUntil(ms: number): AlertTransition[] {
    return [...this.#transitions.values()].filter(({ at }) => Date.parse(at) <= ms);
  }

  /** The states that a rule's alert entered. */
  statesOf(id: string): string[] {
    return [...this.#transitions.values()].filter(({ rule }) => rule === id).map(({ to }) => to);
  }

  async start(): Promise<void> {
    const source = new PrometheusSource({ url: this.backendUrl });
    this.#journal = await SqliteAlertJournal.open(this.folder);
    this.#evaluator = await createEvaluator({
      rules: this.rules,
      source,
      exprSource: source,
      journal: this.#journal,
      onTransitions: (transitions) => {
        for (const transition of transitions) this.#transitions.set(transition.id, transition);
      },
      log: (message) => void this.#log.push(message),
    });
    this.#evaluator.start();
  }

  /** How a rule stands now. */
  async standing(id: string): Promise<{ state: string | undefined; error: string | undefined }> {
    const rule = (await this.#evaluator?.view())?.rules.find((status) => status.id === id);
    return { state: rule?.state, error: rule?.error };
  }

  async stop(): Promise<void> {
    await this.#evaluator?.stop();
    await this.#journal?.close();
  }
}

/** What our evaluation finds at times that are over. */
export async function evaluatedAt(
  timesMs: readonly number[],
  rules: readonly Rule[],
  backendUrl: string,
): Promise<AlertTransition[]> {
  const source = new PrometheusSource({ url: backendUrl });
  const asker = new QuestionAsker(source, source);
  const found: AlertTransition[] = [];
  for (const rule of rules) {
    let alerts: readonly AlertInstance[] = [];
    for (const atMs of timesMs) {
      const answer: Answer = { samples: await asker.ask(rule.question, atMs) };
      const { instances, transitions } = evaluateRule(rule, alerts, answer, atMs);
      alerts = instances;
      found.push(...transitions);
    }
  }
  return found;
}
