import type { AlertLabels, AlertTransition, Severity } from "../../../alert/alert-view.js";
import type { BilingualText } from "../../../indicators/language.js";

/** A time in which an alert fired. */
export interface FiringPeriod {
  rule: string;
  name: BilingualText;
  severity: Severity;
  labels: AlertLabels;
  /** Unix time in milliseconds; the beginning of what was asked, or read, where it began before. */
  fromMs: number;
  /** Absent: it still fires. */
  toMs?: number;
}

interface FiringHistory {
  /** Those since `fromMs`, newest first. */
  transitions: readonly AlertTransition[];
  /** Where they begin, when older ones since then are not read. Unix time in milliseconds. */
  cutAtMs?: number | undefined;
  /** What is pending or firing now. */
  active: readonly AlertTransition[];
  fromMs: number;
}

/** The times since `fromMs` in which alerts fired, the oldest first. */
export function firingPeriods({ transitions, cutAtMs, active, fromMs }: FiringHistory): FiringPeriod[] {
  const periods: FiringPeriod[] = [];
  const open = new Map<string, FiringPeriod>();
  const begin = (alert: AlertTransition, atMs: number): void => {
    const { rule, name, severity, labels } = alert;
    const period = { rule, name, severity, labels, fromMs: atMs };
    open.set(keyOf(alert), period);
    periods.push(period);
  };
  for (const transition of transitions.toReversed()) {
    const { from, to, at } = transition;
    if (from === "firing") {
      if (!open.has(keyOf(transition))) begin(transition, cutAtMs ?? fromMs);
      const period = open.get(keyOf(transition));
      if (period !== undefined) period.toMs = Date.parse(at);
      open.delete(keyOf(transition));
    }
    if (to === "firing") begin(transition, Date.parse(at));
  }
  for (const alert of active) {
    if (alert.to === "firing" && !open.has(keyOf(alert))) begin(alert, Math.max(fromMs, Date.parse(alert.at)));
  }
  return periods.sort((a, b) => a.fromMs - b.fromMs);
}

function keyOf({ rule, labels }: Pick<AlertTransition, "rule" | "labels">): string {
  return JSON.stringify([rule, Object.entries(labels).sort()]);
}

/** Whether an alert is about this indicator, and not about another service than the one that is looked at. */
export function concerns(
  alert: Pick<AlertTransition, "indicator" | "labels" | "where">,
  { indicator, service }: { indicator: string; service: string | undefined },
): boolean {
  const alertService = alert.labels.service ?? alert.where?.service;
  return (
    alert.indicator === indicator && (service === undefined || alertService === undefined || alertService === service)
  );
}
