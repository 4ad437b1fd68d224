import type { AlertsView, AlertTransition } from "../../src/alert/alert-view.js";

export const NOTHING_FIRING: AlertsView = { evaluations: 1, rules: [], active: [], history: [] };

export function exampleAlert(more: Partial<AlertTransition> = {}): AlertTransition {
  return {
    id: "1",
    rule: "very-low-success-rate",
    name: { en: "Very low success rate", zh: "成功率严重低" },
    severity: "critical",
    indicator: "success_rate",
    labels: {},
    from: "inactive",
    to: "firing",
    reason: "condition_true",
    value: 71.428,
    op: "<",
    threshold: 90,
    unit: "%",
    at: "2026-11-24T10:32:05.000Z",
    since: "2026-11-24T10:32:05.000Z",
    ...more,
  };
}
