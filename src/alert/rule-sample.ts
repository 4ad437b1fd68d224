import type { AlertLabels } from "./alert-view.js";

/** One answer to a rule's question. */
export interface RuleSample {
  labels: AlertLabels;
  /** In the rule's unit. */
  value: number;
  /** How many events the value rests on; absent when the source does not say. */
  count?: number;
}
