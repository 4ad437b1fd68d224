import type { Language } from "../../indicators/language.js";
import type { Channel } from "../channel.js";
import { callHttp, deliveryByStatus } from "../http-call.js";
import { webhookMessage } from "./webhook-message.js";
import type { WebhookSettings } from "./webhook-settings.js";
import { webhookHeaders } from "./webhook-signature.js";

/**
 * Posts what an Alertmanager would, to anything that takes it. Any answer with a status of 2xx is success.
 *
 * @param now Unix time in milliseconds
 */
export function webhookChannel(
  name: string,
  { url, secret, headers, max_alerts, language }: WebhookSettings & { language: Language },
  now = Date.now,
): Channel {
  return {
    name,
    async deliver(notification, signal) {
      const message = webhookMessage(notification, { receiver: name, language, maxAlerts: max_alerts });
      const body = JSON.stringify(message);
      const nowMs = now();
      const signed = webhookHeaders({ id: notification.id, body, secret }, nowMs);
      const call = await callHttp(
        { url, headers: { ...headers, ...signed }, contentType: "application/json", body, signal },
        nowMs,
      );
      return "failed" in call ? call.failed : deliveryByStatus(call.reply);
    },
  };
}
