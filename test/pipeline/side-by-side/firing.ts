import type { AlertTransition } from "../../../src/alert/alert-view.js";
import { labelsKey, type Rule } from "../../../src/alert/rule.js";

/** When an alert fired, Unix time in milliseconds; without an end it still does. */
export interface Firing {
  fromMs: number;
  toMs?: number;
}

/** By rule and split values. */
export type Firings = ReadonlyMap<string, Firing[]>;

export const firingKey = (rule: string, labels: Readonly<Record<string, string>>): string =>
  Object.keys(labels).length === 0 ? rule : `${rule} ${labelsKey(labels)}`;

/** What an evaluator of Prometheus' kind found: it writes `ALERTS` at each evaluation for which an alert fires. */
export async function firingsOfAlerts(
  url: string,
  rules: readonly Rule[],
  { fromMs, toMs, intervalMs }: { fromMs: number; toMs: number; intervalMs: number },
): Promise<Firings> {
  const query = new URLSearchParams({
    query: `ALERTS{alertstate="firing"}[${Math.ceil((toMs - fromMs) / 1000)}s]`,
    time: String(toMs / 1000),
  });
  const reply = await fetch(`${url}/api/v1/query?${query}`);
  const { data } = (await reply.json()) as { data: { result: AlertSeries[] } };
  const firings = new Map<string, Firing[]>();
  for (const { metric, values } of data.result) {
    const rule = rules.find(({ id }) => id === metric.alertname);
    if (rule === undefined) continue;
    const key = firingKey(rule.id, splitValues(rule, metric));
    // VictoriaMetrics gives the markers of an end too, which are no numbers.
    const timesMs = values.filter(([, value]) => value === "1").map(([at]) => at * 1000);
    firings.set(key, [...(firings.get(key) ?? []), ...firingsAt(timesMs, toMs, intervalMs)]);
  }
  return firings;
}

interface AlertSeries {
  metric: Record<string, string>;
  values: [at: number, value: string][];
}

function splitValues({ question }: Rule, labels: Record<string, string>): Record<string, string> {
  const by = question.kind === "indicator" ? question.by : [];
  return Object.fromEntries(by.map((dimension) => [dimension, labels[dimension] ?? ""]));
}

function firingsAt(timesMs: readonly number[], endMs: number, intervalMs: number): Firing[] {
  const firings: Required<Firing>[] = [];
  for (const atMs of timesMs) {
    const last = firings.at(-1);
    if (last !== undefined && atMs - last.toMs < intervalMs / 2) last.toMs = atMs + intervalMs;
    else firings.push({ fromMs: atMs, toMs: atMs + intervalMs });
  }
  // The evaluation that would have ended it is not due yet.
  return firings.map(({ fromMs, toMs }) => (toMs > endMs ? { fromMs } : { fromMs, toMs }));
}

export function firingsOfTransitions(transitions: readonly AlertTransition[]): Firings {
  const firings = new Map<string, Firing[]>();
  for (const { rule, labels, from, to, at } of transitions) {
    const key = firingKey(rule, labels);
    const own = firings.get(key) ?? [];
    firings.set(key, own);
    if (to === "firing") own.push({ fromMs: Date.parse(at) });
    const last = own.at(-1);
    if (from === "firing" && last !== undefined) last.toMs = Date.parse(at);
  }
  return firings;
}

/**
 * Whether both fired equally often, each time from and until about the same time. What broke off for no longer than
 * that is one firing: a backend may show the newest samples to one of the two an evaluation later.
 */
export function agree(one: readonly Firing[], other: readonly Firing[], withinMs: number): boolean {
  const firsts = joined(one, withinMs);
  const seconds = joined(other, withinMs);
  return (
    firsts.length === seconds.length &&
    firsts.every(({ fromMs, toMs }, index) => {
      const second = seconds[index];
      if (second === undefined || Math.abs(fromMs - second.fromMs) > withinMs) return false;
      if (toMs === undefined || second.toMs === undefined) return toMs === second.toMs;
      return Math.abs(toMs - second.toMs) <= withinMs;
    })
  );
}

function joined(firings: readonly Firing[], withinMs: number): Firing[] {
  const longer: Firing[] = [];
  for (const firing of firings) {
    const last = longer.at(-1);
    if (last?.toMs !== undefined && firing.fromMs - last.toMs <= withinMs) {
      longer.splice(-1, 1, { ...firing, fromMs: last.fromMs });
    } else longer.push(firing);
  }
  return longer;
}

/** `10–18 s, 30– s`, counted from a time. */
export function firingText(firings: readonly Firing[], startMs: number): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? "" : ((ms - startMs) / 1000).toFixed(0));
  if (firings.length === 0) return "–";
  return firings.map(({ fromMs, toMs }) => `${seconds(fromMs)}–${seconds(toMs)}`).join(", ");
}
