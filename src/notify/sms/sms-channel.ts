import { Secret } from "../../receive/secret.js";
import type { Channel } from "../channel.js";
import type { Delivery } from "../delivery.js";
import { exchangesTogether } from "../exchanges-together.js";
import { callHttp } from "../http-call.js";
import type { Wording } from "../message/wording.js";
import { ReachedRecipients } from "../reached-recipients.js";
import type { SmsSettings } from "./sms-settings.js";
import { smsText } from "./sms-text.js";
import { twilioDelivery } from "./twilio-reply.js";

const TWILIO = "https://api.twilio.com";

/**
 * SMS by Twilio's Messages API (https://www.twilio.com/docs/messaging/api/message-resource), a request a number. Twilio
 * knows no idempotency key there, so what it may have taken without an answer is sent again; a number whose message it
 * confirmed gets no second one.
 */
export function smsChannel(name: string, settings: SmsSettings & Wording, now = Date.now): Channel {
  const { account_sid, auth_token, from, messaging_service, to, api } = settings;
  const url = new Secret(
    `${(api?.reveal() ?? TWILIO).replace(/\/+$/, "")}/2010-04-01/Accounts/${account_sid}/Messages.json`,
  );
  const login = Buffer.from(`${account_sid}:${auth_token.reveal()}`).toString("base64");
  const sender = messaging_service === undefined ? { From: from ?? "" } : { MessagingServiceSid: messaging_service };
  const reached = new ReachedRecipients();

  const send = async (number: string, text: string, signal: AbortSignal): Promise<Delivery> => {
    const body = new URLSearchParams({ To: number, ...sender, Body: text }).toString();
    const headers = { authorization: new Secret(`Basic ${login}`) };
    const contentType = "application/x-www-form-urlencoded";
    const call = await callHttp({ url, headers, contentType, body, secrets: [auth_token], signal }, now());
    return "failed" in call ? call.failed : twilioDelivery(call.reply);
  };

  return {
    name,
    async deliver(notification, signal) {
      const text = smsText(notification, settings);
      const deliveries = await Promise.all(
        reached.left(notification.id, to).map(async (number) => {
          const delivery = await send(number, text, signal);
          if (delivery.delivered) reached.add(notification.id, number);
          return { number, delivery };
        }),
      );
      return together(deliveries);
    },
  };
}

/** One answer about all numbers: another attempt goes to those that have no message yet. */
function together(deliveries: readonly { number: string; delivery: Delivery }[]): Delivery {
  const exchanges = deliveries.flatMap(({ delivery }) => delivery.exchange ?? []);
  const exchange = exchanges.length > 0 && { exchange: exchangesTogether(exchanges) };
  const failures = deliveries.flatMap(({ number, delivery }) => (delivery.delivered ? [] : [{ number, ...delivery }]));
  const [first] = failures;
  if (first === undefined) return { delivered: true, ...exchange };
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const cure = failures.find((failure) => failure.cure !== undefined)?.cure;
  return {
    delivered: false,
    retry: failures.some(({ retry }) => retry),
    message: failures.map(({ number, message }) => `${number}: ${message}`).join("; "),
    ...(waits.length > 0 && { retryAfterMs: Math.max(...waits) }),
    ...(cure !== undefined && { cure }),
    ...exchange,
  };
}
