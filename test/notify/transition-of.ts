import type { AlertTransition } from "../../src/alert/alert-view.js";

/** `very-low-success-rate` fires at 71 %, with what a test cares about changed. */
export function transitionOf(parts: Partial<AlertTransition> = {}): AlertTransition {
  return {
    id: "0f",
    rule: "very-low-success-rate",
    name: { en: "Very low success rate", zh: "成功率严重低" },
    severity: "critical",
    indicator: "success_rate",
    labels: {},
    from: "inactive",
    to: "firing",
    reason: "condition_true",
    value: 71,
    op: "<",
    threshold: 90,
    unit: "%",
    at: "2026-08-01T10:32:05.000Z",
    since: "2026-08-01T10:32:05.000Z",
    ...parts,
  };
}
