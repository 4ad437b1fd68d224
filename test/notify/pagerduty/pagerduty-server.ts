import type { PagerDutyEvent } from "../../../src/notify/pagerduty/pagerduty-event.js";
import { answering, HttpService } from "../http-service.js";

export const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

type SentEvent = PagerDutyEvent & { routing_key: string };

/** Takes and refuses events as the Events API v2 does, by its documentation, and knows what became of the alerts. */
export async function startPagerDuty() {
  const events: SentEvent[] = [];
  /** By `dedup_key`: what happened to each alert, in order; a trigger with its severity. */
  const alerts = new Map<string, string[]>();
  const service = await HttpService.start((posted, response) => {
    const answer = (status: number, body: object): void => answering(status, JSON.stringify(body))(posted, response);
    const event: SentEvent = JSON.parse(posted.body);
    const errors = faultsOf(event, posted.body);
    if (errors.length > 0) {
      return answer(400, { status: "invalid event", message: "Event object is invalid", errors });
    }
    events.push(event);
    const { dedup_key: key, event_action: action } = event;
    const past = alerts.get(key) ?? [];
    const isOpen = past.length > 0 && past.at(-1) !== "resolve";
    // Of an alert that is not open, only a trigger makes something.
    if (action === "trigger") alerts.set(key, [...past, event.payload.severity]);
    else if (isOpen) alerts.set(key, [...past, action]);
    answer(202, { status: "success", message: "Event processed", dedup_key: key });
  });
  return { service, events, alerts };
}

function faultsOf(event: SentEvent, body: string): string[] {
  const faults: string[] = [];
  const check = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const isText = (text: unknown, most: number): boolean =>
    typeof text === "string" && text.length >= 1 && text.length <= most;
  check(Buffer.byteLength(body) <= 512 * 1024, "Event is larger than 512 KB");
  check(event.routing_key.length === 32, "Length of 'routing_key' is incorrect (should be 32 characters)");
  check(isText(event.dedup_key, 255), "Length of 'dedup_key' is incorrect");
  check(/^(trigger|acknowledge|resolve)$/.test(event.event_action), "'event_action' is invalid");
  if (event.event_action !== "trigger") return faults;
  const { summary, source, severity, timestamp } = event.payload;
  check(isText(summary, 1024), "'payload.summary' is missing or blank, or too long");
  check(isText(source, 1024), "'payload.source' is missing or blank");
  check(/^(critical|error|warning|info)$/.test(severity), "'payload.severity' is invalid");
  check(!Number.isNaN(Date.parse(timestamp)), "'payload.timestamp' is invalid");
  check(
    event.links.every(({ href }) => URL.canParse(href)),
    "'links' is invalid",
  );
  return faults;
}
