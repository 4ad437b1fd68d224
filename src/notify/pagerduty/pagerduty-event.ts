import { createHash } from "node:crypto";
import type { Severity } from "../../alert/alert-view.js";
import { comparedText } from "../message/alert-text.js";
import { type Message, type MessageLine, messageOf } from "../message/message.js";
import { shortened } from "../message/shortened.js";
import type { Wording } from "../message/wording.js";
import type { Notification, NotifiedAlert } from "../notification.js";

/** The body of a POST to the Events API v2, beside its key: https://developer.pagerduty.com/docs/send-alert-event */
export type PagerDutyEvent =
  | { event_action: "acknowledge" | "resolve"; dedup_key: string }
  | {
      event_action: "trigger";
      /** The same while it is the same alert to PagerDuty. 32 hex digits. */
      dedup_key: string;
      client: "Chainwatch";
      client_url?: string;
      links: { href: string; text: string }[];
      payload: {
        /** At most 1024 characters; what is read out on the phone. */
        summary: string;
        source: string;
        /** Ours have the names of theirs; `info` is a test. */
        severity: Severity | "info";
        /** ISO 8601 in UTC. */
        timestamp: string;
        component?: string;
        group?: string;
        /** The rule's id. */
        class: string;
        custom_details: Record<string, string>;
      };
    };

const LONGEST_SUMMARY = 1024;
const LONGEST_NAME = 255;
const LONGEST_URL = 2000;
/** An event may have 512 kB: these keep it within, whatever characters the texts are of. */
const LONGEST_DETAIL = 1000;
const MOST_DETAILS = 60;

/**
 * An event for each rule of the group: a rule is one alert to PagerDuty. With one for the whole group, a critical alert
 * would be added in silence to the incident of a warning; with one for each of ours, a rule that is split by model
 * would page for each model. A rule is acknowledged once all of it that fires is, and only where it was opened: what
 * PagerDuty does not know yet, it cannot acknowledge.
 */
export function pagerDutyEvents(notification: Notification, wording: Wording): PagerDutyEvent[] {
  const byRule = new Map<string, NotifiedAlert[]>();
  for (const alert of notification.alerts) byRule.set(alert.rule, [...(byRule.get(alert.rule) ?? []), alert]);
  return [...byRule.values()].flatMap((alerts) => {
    const dedup_key = dedupKey(notification.groupId, alerts[0]?.rule ?? "");
    const firing = alerts.filter(({ to }) => to === "firing");
    const [first] = firing;
    if (first === undefined) return [{ event_action: "resolve", dedup_key }];
    const opened = firing.every(({ known }) => known);
    const cared = firing.every(({ acknowledged }) => acknowledged !== undefined);
    const isNews = !notification.acknowledgement && !(cared && opened);
    const events: PagerDutyEvent[] = isNews ? [trigger({ ...notification, alerts }, first, dedup_key, wording)] : [];
    if (cared) events.push({ event_action: "acknowledge", dedup_key });
    // A test must leave nobody with an incident.
    if (notification.test) events.push({ event_action: "resolve", dedup_key });
    return events;
  });
}

/**
 * About alerts of one rule.
 *
 * @param first of those that fire
 */
function trigger(
  notification: Notification,
  first: NotifiedAlert,
  dedup_key: string,
  wording: Wording,
): PagerDutyEvent & { event_action: "trigger" } {
  const { groupLabels, pageUrl, test } = notification;
  const message = messageOf(notification, wording.language, wording.template);
  const service = first.labels.service || first.where?.service || groupLabels.service;
  const group = Object.values(groupLabels).filter(Boolean).join(", ");
  return {
    event_action: "trigger",
    dedup_key,
    client: "Chainwatch",
    ...(pageUrl !== undefined && { client_url: `${pageUrl}/alerts` }),
    links: linksOf(message),
    payload: {
      summary: shortened(summaryOf(message, first, wording), LONGEST_SUMMARY),
      source: shortened(service || hostOf(pageUrl) || "chainwatch", LONGEST_NAME),
      severity: test ? "info" : first.severity,
      timestamp: first.at,
      ...(service && { component: shortened(service, LONGEST_NAME) }),
      ...(group && { group: shortened(group, LONGEST_NAME) }),
      class: shortened(first.rule, LONGEST_NAME),
      custom_details: detailsOf(message, wording),
    },
  };
}

function dedupKey(groupId: string, rule: string): string {
  return createHash("sha256")
    .update(JSON.stringify([groupId, rule]))
    .digest("hex")
    .slice(0, 32);
}

/** A receiver's own title stands by itself. */
function summaryOf({ title }: Message, first: NotifiedAlert, { language, template }: Wording): string {
  if (template?.title !== undefined) return title;
  return `${title}${language === "en" ? ", " : "，"}${comparedText(first, language)}`;
}

function linksOf({ lines }: Message): { href: string; text: string }[] {
  return lines.flatMap(({ label, text, url }) => {
    if (url === undefined || url.length > LONGEST_URL) return [];
    return [{ href: url, text: shortened(label || text, LONGEST_NAME) }];
  });
}

/** The message's lines by their labels; several of a label, and those without one, one below the other. */
function detailsOf({ lines, others }: Message, { language }: Wording): Record<string, string> {
  const en = language === "en";
  const further: MessageLine[] = others.map((text) => ({ label: en ? "Others" : "其他", text }));
  const details = new Map<string, string[]>();
  for (const { label, text, url } of [...lines, ...further].slice(0, MOST_DETAILS)) {
    const key = label || (en ? "Message" : "消息");
    details.set(key, [...(details.get(key) ?? []), shortened(url ?? text, LONGEST_DETAIL)]);
  }
  return Object.fromEntries([...details].map(([key, texts]) => [key, texts.join("\n")]));
}

function hostOf(pageUrl: string | undefined): string {
  return pageUrl !== undefined && URL.canParse(pageUrl) ? new URL(pageUrl).host : "";
}
