import { createHmac } from "node:crypto";
import type { Secret } from "../../receive/secret.js";
import { secretBytes } from "./webhook-settings.js";

/** What a receiver tells repetitions by, and, beside a secret, forged and replayed requests. */
export interface WebhookHeaders extends Record<string, string> {
  /** The same on every attempt to deliver the message. */
  "webhook-id": string;
  /** Of this attempt, Unix time in seconds. */
  "webhook-timestamp": string;
}

/**
 * The headers of the Standard Webhooks scheme, which libraries in many languages check: https://www.standardwebhooks.com
 * `webhook-signature` is `v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`. A receiver that refuses old
 * timestamps, and ids that it had before, cannot be made to act by a request that somebody recorded.
 *
 * @param nowMs Unix time in milliseconds
 */
export function webhookHeaders(
  { id, body, secret }: { id: string; body: string; secret: Secret | undefined },
  nowMs: number,
): WebhookHeaders {
  const timestamp = String(Math.floor(nowMs / 1000));
  const headers: WebhookHeaders = { "webhook-id": id, "webhook-timestamp": timestamp };
  const key = secret === undefined ? undefined : secretBytes(secret.reveal());
  if (key === undefined) return headers;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...headers, "webhook-signature": `v1,${signature}` };
}
