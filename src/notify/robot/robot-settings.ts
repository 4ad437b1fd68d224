import { z } from "zod";
import { Secret } from "../../receive/secret.js";
import { FROM_ENVIRONMENT } from "../from-environment.js";
import { webAddress } from "../web-address.js";

const ADDRESS = "the robot's webhook address, which begins with https://";

/** A robot's webhook address; who knows it can write to the group. */
export const robotUrl = (example: string) =>
  webAddress(ADDRESS).meta({
    ...FROM_ENVIRONMENT,
    description: `The robot's webhook address, from the environment: ${example}`,
  });

const SECRET = "the secret that the robot's settings show beside its signature check";

export const robotSecret = z
  .string({ error: SECRET })
  .min(1, { error: SECRET })
  .transform((secret) => new Secret(secret))
  .optional()
  .meta({
    ...FROM_ENVIRONMENT,
    description: "Signs the messages of a robot that checks signatures. From the environment.",
  });

const KEYWORD = "one of the robot's keywords";

export const robotKeyword = z
  .string({ error: KEYWORD })
  .min(1, { error: KEYWORD })
  .optional()
  .meta({ description: "One of the keywords of a robot that takes only messages with one: every message has it." });

/** Who is mentioned while an alert fires; of `what` each must look like `pattern`, so that it cannot be markup. */
export const mentioned = (what: string, pattern: RegExp, description: string) =>
  z
    .array(
      z.string({ error: `${what}, in quotes` }).refine((whom) => pattern.test(whom), { error: what }),
      { error: `a list: ${what}` },
    )
    .optional()
    .meta({ description });

export const everybody = z
  .boolean({ error: "true or false" })
  .optional()
  .meta({ description: "Mentions everybody in the group while an alert fires." });
