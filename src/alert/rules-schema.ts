import { z } from "zod";
import { DIMENSIONS } from "../indicators/dimension.js";
import { parseDuration } from "./duration.js";

/**
 * The shape of the `defaults` and `rules` of a rules file. Every message completes "expected …"; durations become
 * seconds.
 */

const text = z.string({ error: 'a text (in quotes, when it looks like something else: "1.2")' });
const nonEmptyText = text.min(1, { error: "a text that is not empty" });
const DURATION = "a duration, such as 15s, 5m, 1h30m or 250ms";

const duration = z
  .string({ error: DURATION })
  .refine((value) => parseDuration(value) !== undefined, { error: DURATION })
  .transform((value) => parseDuration(value) ?? 0);

const between = (shortestS: number, longestS: number, range: string) =>
  duration.refine((seconds) => seconds >= shortestS && seconds <= longestS, { error: `${DURATION}, ${range}` });

const DAY_S = 86_400;
const window = between(1, 90 * DAY_S, "from 1s to 90d");
const interval = between(1, DAY_S, "from 1s to 1d");

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `one of ${names.join(", ")}` });

const dimensionValues = z.strictObject(
  Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, text.optional()])) as Record<
    (typeof DIMENSIONS)[number],
    z.ZodOptional<typeof text>
  >,
  { error: "a map of dimensions and their values" },
);

const texts = z.record(z.string(), text, { error: "a map of names and texts" });

const defaults = z.strictObject(
  { window: window.optional(), interval: interval.optional() },
  { error: "a map with window and interval" },
);

const rule = z.strictObject(
  {
    id: text.regex(/^[A-Za-z0-9][\w.-]*$/, { error: "an id of letters, digits, - _ and ." }),
    name: z
      .union([nonEmptyText, z.strictObject({ en: nonEmptyText, zh: nonEmptyText })], {
        error: "a text, or one for each language: { en: …, zh: … }",
      })
      .optional(),
    indicator: z.string({ error: "the id of an indicator, such as response_time.p95" }),
    where: dimensionValues.optional(),
    by: z.array(oneOf(DIMENSIONS), { error: "a list of dimensions, such as [model]" }).optional(),
    window: window.optional(),
    interval: interval.optional(),
    when: z.string({ error: 'a condition, such as "> 5s"' }),
    resolve_when: z.string({ error: 'a condition, such as "< 4s"' }).optional(),
    for: duration.optional(),
    keep_firing_for: duration.optional(),
    severity: oneOf(["warning", "error", "critical"]).optional(),
    min_requests: z.int({ error: "a whole number from 0 up" }).min(0, { error: "a whole number from 0 up" }).optional(),
    no_data: oneOf(["keep", "ok", "alert"]).optional(),
    no_data_for: duration.optional(),
    inhibits: z.array(text, { error: "a list of rule ids" }).optional(),
    labels: texts.optional(),
    annotations: texts.optional(),
  },
  { error: "a rule: a map with id, indicator, when, …" },
);

export const RULES_SCHEMA = z.object(
  { defaults: defaults.nullish(), rules: z.array(rule, { error: "a list of rules" }).nullish() },
  { error: "a map with rules" },
);

/** A rule as the file writes it, durations in seconds. */
export type WrittenRule = z.output<typeof rule>;

/** The keys that a map at this place may have; undefined where any will do. */
export function knownKeys(path: readonly PropertyKey[]): string[] | undefined {
  const [section, , part] = path;
  if (section === "defaults") return Object.keys(defaults.shape);
  if (section !== "rules") return undefined;
  if (path.length === 2) return Object.keys(rule.shape);
  return part === "where" ? [...DIMENSIONS] : undefined;
}
