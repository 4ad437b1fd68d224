import { z } from "zod";
import { type AlertMatcher, checkedMatcher, MatcherError, parseMatcher } from "../alert/alert-matcher.js";
import { suggestion } from "../alert/check-rule.js";
import { DURATION_PATTERN, parseDuration } from "../alert/duration.js";
import type { YamlPath, YamlSource } from "../alert/yaml-source.js";
import { DEFAULT_ROUTE, GROUP_WAIT_S, type Route } from "./route.js";

/** The shape of the `route` section. Every message completes "expected …"; durations become seconds. */

const DAY_S = 86_400;

const duration = (shortestS: number, longestS: number, range: string, description: string) => {
  const error = `a duration ${range}, such as 5m`;
  return z
    .string({ error })
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((seconds) => seconds >= shortestS && seconds <= longestS, { error })
    .meta({ description: `${description}, ${range}.`, pattern: `(?:${DURATION_PATTERN})|\\$\\{\\w+\\}` })
    .optional();
};

const text = z.string({ error: 'a text (in quotes, when it looks like something else: "1.2")' });

const MATCHERS = 'a list of matchers, such as [severity=critical, model=~"gpt-.*"]';

const route = z
  .strictObject(
    {
      receivers: z
        .array(text, { error: "a list of receiver names, such as [oncall]" })
        .optional()
        .meta({ description: "Who is told. Without it: as the route around it; at the top, every receiver." }),
      group_by: z.array(text, { error: "a list of labels, such as [service]" }).optional().meta({
        description:
          "Alerts with equal values of these labels, rule and severity are told together. Without it, or with '...', each by itself; [] is one group of all.",
      }),
      group_wait: duration(
        0,
        3600,
        "from 0s to 1h",
        "How long the first message of a group waits for other alerts of it. Without it: 0s, and 500ms with group_by",
      ),
      group_interval: duration(
        0,
        DAY_S,
        "from 0s to 1d",
        "The least time between messages about a group that fires on. Without it: 5m",
      ),
      repeat_interval: duration(
        1,
        30 * DAY_S,
        "from 1s to 30d",
        "After what time it is said again that a group fires. Without it: 4h",
      ),
      match: z
        .record(z.string(), text, { error: "a map of labels and their values" })
        .optional()
        .meta({ description: "Only alerts with exactly these values: of labels, rule and severity." }),
      matchers: z
        .array(text, { error: MATCHERS })
        .optional()
        .meta({ description: `Like match, as ${MATCHERS}.` }),
      continue: z
        .boolean({ error: "true or false" })
        .optional()
        .meta({ description: "Whether the routes after this one are tried too." }),
      get routes(): z.ZodOptional<z.ZodArray<typeof route>> {
        return z.array(route, { error: "a list of routes" }).optional();
      },
    },
    { error: "a route: a map with receivers, group_by, match, routes, …" },
  )
  .meta({
    id: "route",
    description: "Who is told of which alerts: the first of its routes that matches, else this one.",
  });

/** Of `route` in a rules file. */
export const ROUTE_SETTINGS = route;

/** A route as the file writes it, durations in seconds. */
export type WrittenRoute = z.output<typeof ROUTE_SETTINGS>;

/** The keys that a route may have. */
export const ROUTE_KEYS: readonly string[] = Object.keys(route.shape);

type RawRoute = Readonly<Record<string, unknown>>;

/**
 * Adds to the source what is wrong with the `route` section beside its shape: unknown receivers, matchers and labels
 * that can match nothing, and routes that no alert reaches.
 *
 * @param written the section, which may have mistakes of shape too
 * @param receivers the names that the file has
 */
export function checkRoute(source: YamlSource, written: unknown, receivers: readonly string[]): void {
  if (!isMap(written)) return;
  for (const key of ["match", "matchers", "continue"]) {
    if (key in written) source.addAtKey(["route"], key, `expected no ${key} here: the top route takes every alert`);
  }
  checkNode(source, ["route"], written, receivers);
}

/** @throws {MatcherError} when it was not checked */
export function routeOf(written: WrittenRoute): Route {
  return nodeOf(written, DEFAULT_ROUTE, written.group_wait);
}

/** @param waitS as the file says it here or further out */
function nodeOf(written: WrittenRoute, around: Route, waitS: number | undefined): Route {
  const groupBy = written.group_by === undefined ? around.groupBy : groupByOf(written.group_by);
  const own: Route = {
    receivers: written.receivers ?? around.receivers,
    groupBy,
    waitS: waitS ?? (groupBy === undefined ? DEFAULT_ROUTE.waitS : GROUP_WAIT_S),
    intervalS: written.group_interval ?? around.intervalS,
    repeatS: written.repeat_interval ?? around.repeatS,
    matchers: matchersOf(written),
    continue: written.continue ?? false,
    routes: [],
  };
  return { ...own, routes: (written.routes ?? []).map((child) => nodeOf(child, own, child.group_wait ?? waitS)) };
}

/** As Alertmanager's users write that alerts are not grouped. */
const EACH = "...";

const groupByOf = (names: readonly string[]): Route["groupBy"] => (names.includes(EACH) ? undefined : names);

function matchersOf({ match = {}, matchers = [] }: WrittenRoute): AlertMatcher[] {
  return [
    ...Object.entries(match).map(([name, value]) => checkedMatcher({ name, op: "=", value })),
    ...matchers.map((matcher) => checkedMatcher(parseMatcher(matcher))),
  ];
}

function checkNode(source: YamlSource, path: YamlPath, node: RawRoute, receivers: readonly string[]): void {
  listOf(node.receivers).forEach((name, index) => {
    if (typeof name !== "string" || receivers.includes(name)) return;
    const near = receivers.length === 0 ? "; the file has no receivers" : suggestion(name, receivers);
    source.add([...path, "receivers", index], `expected the name of a receiver, found "${name}"${near}`);
  });
  listOf(node.group_by).forEach((name, index) => {
    if (name === "alertname") source.add([...path, "group_by", index], 'expected rule, found "alertname"');
  });
  for (const [name, value] of Object.entries(isMap(node.match) ? node.match : {})) {
    checkMatcher(source, [...path, "match", name], () => checkedMatcher({ name, op: "=", value: String(value) }));
  }
  listOf(node.matchers).forEach((matcher, index) => {
    if (typeof matcher !== "string") return;
    checkMatcher(source, [...path, "matchers", index], () => checkedMatcher(parseMatcher(matcher)));
  });
  const routes = listOf(node.routes);
  routes.forEach((child, index) => {
    if (!isMap(child)) return;
    const place = [...path, "routes", index];
    checkNode(source, place, child, receivers);
    const takesAll =
      listOf(child.matchers).length === 0 && Object.keys(isMap(child.match) ? child.match : {}).length === 0;
    if (takesAll && child.continue !== true && index < routes.length - 1) {
      source.warn(place, "it takes every alert, so the routes after it take none; give it a match, or continue: true");
    }
  });
}

function checkMatcher(source: YamlSource, path: YamlPath, read: () => AlertMatcher): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    source.add(path, error.message);
  }
}

const isMap = (value: unknown): value is RawRoute =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
