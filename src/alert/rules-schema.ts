import { z } from "zod";
import { CATALOGUE } from "../indicators/catalogue.js";
import { DIMENSIONS } from "../indicators/dimension.js";
import { DURATION_PATTERN, parseDuration } from "./duration.js";
import { THRESHOLD_PATTERN } from "./threshold.js";

/**
 * The shape of the `defaults` and `rules` of a rules file. Every message completes "expected …"; durations become
 * seconds. What editors need besides is in `meta`: descriptions, and patterns of texts that are read elsewhere.
 */

const text = z.string({ error: 'a text (in quotes, when it looks like something else: "1.2")' });
const nonEmptyText = text.min(1, { error: "a text that is not empty" });
const DURATION = "a duration, such as 15s, 5m, 1h30m or 250ms";

/** The pattern, or an environment variable in its place. */
const orVariable = (pattern: string): string => `(?:${pattern})|\\$\\{\\w+\\}`;

const anyDuration = z
  .string({ error: DURATION })
  .refine((value) => parseDuration(value) !== undefined, { error: DURATION })
  .transform((value) => parseDuration(value) ?? 0);

const duration = (description: string) => anyDuration.meta({ description, pattern: orVariable(DURATION_PATTERN) });

const between = (shortestS: number, longestS: number, range: string, description: string) =>
  anyDuration
    .refine((seconds) => seconds >= shortestS && seconds <= longestS, { error: `${DURATION}, ${range}` })
    .meta({ description: `${description}, ${range}.`, pattern: orVariable(DURATION_PATTERN) });

const DAY_S = 86_400;
const window = between(1, 90 * DAY_S, "from 1s to 90d", "How far back the question looks, such as 5m");
const interval = between(1, DAY_S, "from 1s to 1d", "How often the question is asked, such as 15s");

const condition = (error: string, description: string) =>
  z.string({ error }).meta({ description, pattern: orVariable(THRESHOLD_PATTERN) });

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

const wholeNumber = { error: "a whole number from 0 up" };

const defaults = z.strictObject(
  { window: window.optional(), interval: interval.optional() },
  { error: "a map with window and interval" },
);

const rule = z
  .strictObject(
    {
      id: z
        .string({ error: "an id, such as slow-response" })
        .regex(/^[A-Za-z0-9][\w.-]*$/, { error: "an id of letters, digits, - _ and ." })
        .meta({ description: "Names the rule. A default rule of the same id is replaced." }),
      name: z
        .union([nonEmptyText, z.strictObject({ en: nonEmptyText, zh: nonEmptyText })], {
          error: "a text, or one for each language: { en: …, zh: … }",
        })
        .optional()
        .meta({ description: "What people read; without it the id." }),
      indicator: z
        .string({ error: "the id of an indicator, such as response_time.p95" })
        .optional()
        .meta({
          description: "The figure that is watched.",
          enum: CATALOGUE.filter(({ list }) => !list).map(({ id }) => id),
        }),
      expr: z.string({ error: "a query in PromQL" }).optional().meta({
        description:
          "A PromQL query in the place of an indicator, for Prometheus-compatible sources. Without when, an alert fires for every series that it returns.",
      }),
      where: dimensionValues.optional().meta({ description: "Only what has exactly these values." }),
      by: z
        .array(oneOf(DIMENSIONS), { error: "a list of dimensions, such as [model]" })
        .optional()
        .meta({ description: "One alert for each combination of values of these." }),
      window: window.optional(),
      interval: interval.optional(),
      when: condition(
        'a condition, such as "> 5s"',
        'The condition that is bad: > < >= or <= and a value with its unit, such as "> 5s", "< 95%", "> 20 USD".',
      ).optional(),
      compare_to: oneOf(["1h", "1d", "1w", "previous_release"])
        .optional()
        .meta({ description: 'Watches the change against then, in percent: when: "> +20%".' }),
      resolve_when: condition(
        'a condition, such as "< 4s"',
        "The alert ends only when this holds, so that it does not flap.",
      ).optional(),
      for: duration("How long the condition must hold before the alert fires.").optional(),
      keep_firing_for: duration("How long the alert fires on after the condition ended.").optional(),
      severity: oneOf(["warning", "error", "critical"]).optional().meta({ description: "Without it: warning." }),
      min_requests: z
        .int(wholeNumber)
        .min(0, wholeNumber)
        .optional()
        .meta({ description: "Nothing fires or ends on an answer that rests on fewer requests, or calls." }),
      no_data: oneOf(["keep", "ok", "alert"]).optional().meta({
        description: "What no data means: the state is kept (the default), all is well, or an alert after no_data_for.",
      }),
      no_data_for: duration("How long no data keeps a state, or makes an alert. Without it: 1h.").optional(),
      inhibits: z
        .array(text, { error: "a list of rule ids" })
        .optional()
        .meta({ description: "Rules whose alerts are not sent while this one fires." }),
      receivers: z
        .array(text, { error: "a list of receiver names, such as [oncall]" })
        .optional()
        .meta({ description: "Who is told." }),
      labels: texts.optional().meta({ description: "The rule's own labels, handed on with its alerts." }),
      annotations: texts.optional().meta({
        description:
          "Texts for people, such as runbook_url and summary, with {{ value }}, {{ threshold }}, {{ labels.model }}, {{ state }}, {{ since }}, {{ rule.id }}, {{ rule.name }}, {{ rule.severity }}.",
      }),
    },
    { error: "a rule: a map with id, indicator, when, …" },
  )
  .meta({
    oneOf: [
      { required: ["indicator", "when"], properties: { expr: false } },
      {
        required: ["expr"],
        properties: Object.fromEntries(
          ["indicator", "where", "by", "window", "min_requests", "compare_to"].map((key) => [key, false]),
        ),
      },
    ],
  });

export const RULES_SCHEMA = z.object(
  {
    defaults: defaults.nullish().meta({ description: "What rules get that do not say otherwise." }),
    rules: z
      .array(rule, { error: "a list of rules" })
      .nullish()
      .meta({ description: "Added to the default rules, or in their place." }),
  },
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

/** JSON Schema (2020-12) of what this reads of a file. */
export function rulesJsonSchema(): Record<string, unknown> & { properties: object } {
  const { $schema, properties = {}, ...schema } = z.toJSONSchema(RULES_SCHEMA, { io: "input" });
  return {
    $schema,
    title: "Chainwatch configuration file",
    description: "The rules, and who is told of their alerts: chainwatch.yaml.",
    ...schema,
    properties,
    additionalProperties: false,
  };
}
