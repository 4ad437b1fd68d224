import { z } from "zod";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { webAddress } from "../web-address.js";

const NUMBER = "a phone number with its country code, such as +8613800000000";
const SENDER = "a number of your Twilio account, such as +15557122661, a short code, or a name of up to 11 letters";
const TOKEN = "the account's auth token, from an environment variable";

const sid = (prefix: string, what: string) =>
  z.string({ error: what }).regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), { error: what });

/** The `sms` of a receiver: an account at Twilio. */
export const SMS_SETTINGS = z
  .strictObject(
    {
      account_sid: sid("AC", "the account SID, AC and 32 hex digits").meta({
        description: "The Twilio account, from an environment variable.",
      }),
      auth_token: z
        .string({ error: TOKEN })
        .min(1, { error: TOKEN })
        .transform((token) => new Secret(token))
        .meta({ ...FROM_ENVIRONMENT, description: "The account's auth token, from an environment variable." }),
      from: z
        .string({ error: SENDER })
        .regex(/^(?:\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 _+&-]{1,11})$/, { error: SENDER })
        .optional()
        .meta({ description: "The sender." }),
      messaging_service: sid("MG", "a messaging service's SID, MG and 32 hex digits")
        .optional()
        .meta({ description: "In the place of from: a Twilio messaging service, which has senders." }),
      to: z
        .array(z.string({ error: `${NUMBER}, in quotes` }).regex(/^\+[1-9]\d{6,14}$/, { error: NUMBER }), {
          error: 'a list of phone numbers, such as ["+8613800000000"]',
        })
        .min(1, { error: "at least one phone number" })
        .meta({ description: "Who is told; each number is a message of its own." }),
      api: webAddress("the address of Twilio's API, such as https://api.dublin.ie1.twilio.com")
        .optional()
        .meta({ description: "For an account in another region. Without it: https://api.twilio.com." }),
    },
    { error: "a map with account_sid, auth_token, from and to" },
  )
  .refine(({ from, messaging_service }) => (from === undefined) !== (messaging_service === undefined), {
    error: "either from or messaging_service",
  });

export type SmsSettings = z.output<typeof SMS_SETTINGS>;
