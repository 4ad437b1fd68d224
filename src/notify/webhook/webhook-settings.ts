import { z } from "zod";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { webAddress } from "../web-address.js";

const SECRET = 'a secret: "whsec_" and 24 to 64 bytes in Base64, such as openssl rand -base64 32 prints';
const HEADER_NAME = "the name of an HTTP header that is not set already";
const HEADER_VALUE = "the value of an HTTP header, in quotes";
const MAX_ALERTS = { error: "a whole number from 1 up" };

/** Those that the request has anyway, or that belong to the connection. */
const TAKEN =
  /^(content-.*|webhook-.*|host|connection|keep-alive|proxy-.*|transfer-encoding|te|trailer|upgrade|expect|via)$/i;

/** The `webhook` of a receiver. */
export const WEBHOOK_SETTINGS = z.strictObject(
  {
    url: webAddress("an address to post to, such as https://example.com/alerts, without user and password").meta({
      ...FROM_ENVIRONMENT,
      description: "Takes the JSON that Alertmanager posts to webhooks (version 4). Keep it in the environment.",
    }),
    secret: z
      .string({ error: SECRET })
      .refine((secret) => secretBytes(secret) !== undefined, { error: SECRET })
      .transform((secret) => new Secret(secret))
      .optional()
      .meta({
        ...FROM_ENVIRONMENT,
        description: "Signs each request by the Standard Webhooks scheme. Keep it in the environment.",
      }),
    headers: z
      .record(
        z
          .string()
          .regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: HEADER_NAME })
          .refine((name) => !TAKEN.test(name), { error: HEADER_NAME }),
        z
          .string({ error: HEADER_VALUE })
          .refine((value) => /^[\t\x20-\x7e]*$/.test(value), { error: HEADER_VALUE })
          .transform((value) => new Secret(value))
          .meta(FROM_ENVIRONMENT),
        { error: "a map of header names and values" },
      )
      .optional()
      .meta({ description: "Further headers, such as Authorization. Their values are shown nowhere." }),
    max_alerts: z
      .int(MAX_ALERTS)
      .min(1, MAX_ALERTS)
      .optional()
      .meta({ description: "Alerts in one request; truncatedAlerts says how many more there are. Without it: all." }),
  },
  { error: "a map with url, secret, headers and max_alerts" },
);

export type WebhookSettings = z.output<typeof WEBHOOK_SETTINGS>;

/** The key that a secret stands for; undefined when it is none. */
export function secretBytes(secret: string): Buffer | undefined {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const bytes = Buffer.from(text ?? "", "base64");
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}
