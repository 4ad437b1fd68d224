import type { Meter } from "@opentelemetry/api";
import { type AlertTransition, type AnswerKind, EVALUATION_FAULTS } from "./alert-view.js";

/** What the observed instruments are read from. */
export interface EvaluatorFacts {
  missed(): number;
  late(): number;
  active(): readonly AlertTransition[];
}

/** Seconds. A question that takes longer than the last has timed out. */
const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The evaluator's own OpenTelemetry instruments: `chainwatch.evaluator.*`. */
export class EvaluatorMetrics {
  readonly #evaluations;
  readonly #errors;
  readonly #duration;

  constructor(meter: Meter, facts: EvaluatorFacts) {
    this.#evaluations = meter.createCounter("chainwatch.evaluator.evaluations", {
      description: "Evaluations of a rule, with an answer or without.",
      unit: "{evaluation}",
    });
    this.#errors = meter.createCounter("chainwatch.evaluator.errors", {
      description: "Evaluations of a rule without an answer that could be used, by what was wrong.",
      unit: "{evaluation}",
    });
    // A counter that begins with its first error shows no increase then.
    for (const fault of EVALUATION_FAULTS) this.#errors.add(0, { "error.type": fault });
    this.#duration = meter.createHistogram("chainwatch.evaluator.evaluation.duration", {
      description: "From asking a question to having judged and recorded its answer.",
      unit: "s",
      advice: { explicitBucketBoundaries: DURATION_BUCKETS_S },
    });
    meter
      .createObservableCounter("chainwatch.evaluator.missed", {
        description: "Evaluations of a rule whose time passed; they are not made up for.",
        unit: "{evaluation}",
      })
      .addCallback((result) => result.observe(facts.missed()));
    meter
      .createObservableCounter("chainwatch.evaluator.late", {
        description: "Evaluations of a rule that began more than a second after their time.",
        unit: "{evaluation}",
      })
      .addCallback((result) => result.observe(facts.late()));
    meter
      .createObservableUpDownCounter("chainwatch.evaluator.alerts", {
        description: "Alerts that are pending or firing now.",
        unit: "{alert}",
      })
      .addCallback((result) => {
        const active = facts.active();
        for (const state of ["pending", "firing"] as const) {
          result.observe(active.filter(({ to }) => to === state).length, { state });
        }
      });
  }

  /** One question, whose answer serves every rule that asks it. */
  asked(durationS: number): void {
    this.#duration.record(durationS);
  }

  evaluated(answer: AnswerKind): void {
    this.#evaluations.add(1);
    if (answer !== "data" && answer !== "empty") this.#errors.add(1, { "error.type": answer });
  }
}
