import { z } from "zod";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { webAddress } from "../web-address.js";

const KEY = "the integration key of an Events API v2 integration: 32 letters and digits";

/** The `pagerduty` of a receiver. */
export const PAGERDUTY_SETTINGS = z
  .strictObject(
    {
      routing_key: z
        .string({ error: KEY })
        .refine((key) => /^[A-Za-z0-9]{32}$/.test(key), { error: KEY })
        .transform((key) => new Secret(key))
        .meta({
          ...FROM_ENVIRONMENT,
          description: "The integration key of an Events API v2 integration. Keep it in the environment.",
        }),
      region: z
        .enum(["us", "eu"], { error: "one of us, eu" })
        .optional()
        .meta({ description: "Where the PagerDuty account is. Without it: us." }),
      url: webAddress("the address of an Events API v2, such as https://events.pagerduty.com/v2/enqueue")
        .optional()
        .meta({ description: "In the place of region: another service that speaks the Events API v2." }),
    },
    { error: "a map with routing_key, and region or url" },
  )
  .refine(({ region, url }) => region === undefined || url === undefined, { error: "either region or url" });

export type PagerDutySettings = z.output<typeof PAGERDUTY_SETTINGS>;

/** Of the regions: https://support.pagerduty.com/main/docs/service-regions */
const ADDRESSES = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;

export function enqueueAddress({ region = "us", url }: PagerDutySettings): Secret {
  return url ?? new Secret(ADDRESSES[region]);
}
