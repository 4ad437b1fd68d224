import type { Channel } from "../channel.js";
import type { Delivery, Exchange } from "../delivery.js";
import { exchangesTogether } from "../exchanges-together.js";
import { callHttp } from "../http-call.js";
import type { Wording } from "../message/wording.js";
import { pagerDutyEvents } from "./pagerduty-event.js";
import { pagerDutyDelivery } from "./pagerduty-reply.js";
import { enqueueAddress, type PagerDutySettings } from "./pagerduty-settings.js";

/**
 * PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview
 * Another attempt sends all events again, which changes nothing of an alert that is there already.
 *
 * @param now Unix time in milliseconds
 */
export function pagerDutyChannel(name: string, settings: PagerDutySettings & Wording, now = Date.now): Channel {
  const url = enqueueAddress(settings);
  const { routing_key } = settings;
  return {
    name,
    keepsGroupsApart: true,
    takesAcknowledgements: true,
    async deliver(notification, signal) {
      const exchanges: Exchange[] = [];
      let outcome: Delivery = { delivered: true };
      for (const event of pagerDutyEvents(notification, settings)) {
        const body = JSON.stringify({ routing_key: routing_key.reveal(), ...event });
        const call = { url, contentType: "application/json" as const, body, secrets: [routing_key], signal };
        const answered = await callHttp(call, now());
        const delivery = "failed" in answered ? answered.failed : pagerDutyDelivery(answered.reply);
        if (delivery.exchange !== undefined) exchanges.push(delivery.exchange);
        if (delivery.delivered) continue;
        outcome = delivery;
        // What may pass ends the attempt. What is refused for good does not keep the others from their pages.
        if (delivery.retry) break;
      }
      return { ...outcome, exchange: exchangesTogether(exchanges) };
    },
  };
}
