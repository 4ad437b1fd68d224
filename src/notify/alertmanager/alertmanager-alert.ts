import { watchedFigure } from "../../alert/watched.js";
import type { Language } from "../../indicators/language.js";
import { alertSummary } from "../message/alert-text.js";
import { REASON_TEXTS } from "../message/reason-text.js";
import type { Notification, NotifiedAlert } from "../notification.js";

export type LabelSet = Record<string, string>;

/** What Alertmanager takes and hands on of an alert, beside its state. */
export interface AlertmanagerAlert {
  /**
   * The alert's identity: what its rule is narrowed to and split by, the rule's own labels, `alertname` (the rule's id)
   * and `severity`.
   */
  labels: LabelSet;
  annotations: LabelSet;
  /** ISO 8601 in UTC: when the condition began to hold. */
  startsAt: string;
  /** Where its figures can be looked at; absent when people cannot open the page. */
  generatorURL?: string;
}

/**
 * An alert in Alertmanager's terms, named as the exported rules of Prometheus name it. The rule's annotations are
 * handed on, and beside them, where the rule has none of the name: `summary` in the receiver's language, `name`,
 * `value` and `threshold` with their units, `reason`, `changed`, `requests_url`, `trace_id`, `trace_url`, and
 * `flapping` and `test` when they hold.
 */
export function alertmanagerAlert(
  alert: NotifiedAlert,
  { pageUrl, test }: Pick<Notification, "pageUrl" | "test">,
  language: Language,
): AlertmanagerAlert {
  const { where, labels, rule_labels, rule, severity } = alert;
  const generatorURL = alert.requests_url ?? (pageUrl === undefined ? undefined : `${pageUrl}/alerts`);
  return {
    labels: labelSet({ ...where, ...labels, ...rule_labels, alertname: rule, severity }),
    annotations: labelSet({
      ...ownAnnotations(alert, language),
      ...(test && { test: "true" }),
      ...alert.annotations,
    }),
    startsAt: alert.since,
    ...(generatorURL !== undefined && { generatorURL }),
  };
}

function ownAnnotations(alert: NotifiedAlert, language: Language): Record<string, string | undefined> {
  const { value, op, threshold, trace_id, trace_url, requests_url, reason, changed, flapping } = alert;
  const figure = (amount: number): string => watchedFigure(alert, amount, language);
  return {
    name: alert.name[language],
    summary: alertSummary(alert, language),
    value: value === undefined ? undefined : figure(value),
    threshold: op === undefined || threshold === undefined ? undefined : `${op} ${figure(threshold)}`,
    reason: REASON_TEXTS[reason]?.[language],
    changed: changed?.map((sentence) => sentence[language]).join("\n"),
    requests_url,
    trace_id,
    trace_url,
    flapping: flapping ? "true" : undefined,
  };
}

/**
 * Those with a value. Alertmanager refuses an alert with a name that is not of letters, digits and underscores, and
 * drops labels without a value.
 */
export function labelSet(texts: Readonly<Record<string, string | undefined>>): LabelSet {
  const entries = Object.entries(texts).flatMap(([name, text]) => (text ? [[labelName(name), text] as const] : []));
  return Object.fromEntries(entries);
}

function labelName(name: string): string {
  return name.replace(/^(?=\d)|[^A-Za-z0-9_]/g, "_") || "_";
}

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const SEPARATOR = Buffer.from([0xff]);

/** The same that Alertmanager gives an alert with these labels: FNV-1a of 64 bits, as 16 hex digits. */
export function fingerprintOf(labels: LabelSet): string {
  const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  const bytes = Buffer.concat(sorted.flat().flatMap((text) => [Buffer.from(text), SEPARATOR]));
  let hash = FNV_OFFSET;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash.toString(16).padStart(16, "0");
}
