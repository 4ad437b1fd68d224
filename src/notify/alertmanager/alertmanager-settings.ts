import { z } from "zod";
import { parseDuration } from "../../alert/duration.js";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { webAddress } from "../web-address.js";

const ADDRESS = "an Alertmanager's address, such as http://alertmanager:9093, without user and password";
const RESEND = "a duration from 10s to 1h, such as 1m";

const secret = (error: string) =>
  z
    .string({ error })
    .min(1, { error })
    .refine((value) => /^[\x20-\x7e]+$/.test(value), { error: `${error}, of ASCII characters` })
    .transform((value) => new Secret(value))
    .meta({ ...FROM_ENVIRONMENT, description: "Keep it in the environment." });

/** The `alertmanager` of a receiver. */
export const ALERTMANAGER_SETTINGS = z
  .strictObject(
    {
      urls: z
        .array(webAddress(ADDRESS), { error: "a list of addresses, such as [http://alertmanager:9093]" })
        .min(1, { error: "at least one address" })
        .meta({ description: "Every Alertmanager of the cluster, with the path prefix if it has one: each is told." }),
      basic_auth: z
        .strictObject(
          {
            username: z
              .string({ error: "a user name" })
              .refine((name) => /^[^:]+$/.test(name), { error: "a user name without a colon" }),
            password: z
              .string({ error: "a password" })
              .transform((password) => new Secret(password))
              .meta({ ...FROM_ENVIRONMENT, description: "Keep it in the environment." }),
          },
          { error: "a map with username and password" },
        )
        .optional(),
      bearer_token: secret("a token").optional(),
      resend_every: z
        .string({ error: RESEND })
        .transform((text) => parseDuration(text) ?? 0)
        .refine((seconds) => seconds >= 10 && seconds <= 3600, { error: RESEND })
        .optional()
        .meta({
          description:
            "How often it is told again of what fires, from 10s to 1h. Without it: 1m. After ten times as long without a word it takes an alert for resolved.",
        }),
    },
    { error: "a map with urls, basic_auth or bearer_token, and resend_every" },
  )
  .refine(({ basic_auth, bearer_token }) => basic_auth === undefined || bearer_token === undefined, {
    error: "either basic_auth or bearer_token",
  });

/** `resend_every` in seconds. */
export type AlertmanagerSettings = z.output<typeof ALERTMANAGER_SETTINGS>;
