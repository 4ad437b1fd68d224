import { describe, expect, test } from "vitest";
import { z } from "zod";
import { YamlSource } from "../../src/alert/yaml-source.js";
import { routeAlert } from "../../src/notify/route.js";
import { checkRoute, ROUTE_SETTINGS, routeOf } from "../../src/notify/route-settings.js";
import { transitionOf } from "./transition-of.js";

const RECEIVERS = ["oncall", "sms", "finance"];

const routed = (route: unknown, alert = {}, own: string[] = []) =>
  routeAlert(transitionOf(alert), routeOf(ROUTE_SETTINGS.parse(route)), RECEIVERS, own);
const told = (route: unknown, alert = {}, own: string[] = []): string[] =>
  routed(route, alert, own).map(({ receiver }) => receiver);

function mistakes(yaml: string): string[] {
  const source = new YamlSource(yaml, "chainwatch.yaml");
  checkRoute(source, (source.toJs() as { route: unknown }).route, RECEIVERS);
  return source.findings.map(({ text }) => text);
}

describe("who is told", () => {
  const route = {
    receivers: ["oncall"],
    routes: [
      { match: { severity: "critical" }, receivers: ["sms"], continue: true },
      { matchers: ['model=~"gpt-.*"'], receivers: ["finance"], routes: [{ match: { rule: "high-cost" } }] },
      { match: { severity: "critical" } },
    ],
  };

  test("is everybody without receivers, nobody with an empty list", () => {
    expect(told({})).toEqual(RECEIVERS);
    expect(told({ receivers: [] })).toEqual([]);
  });

  test("is as the first route says that matches, and the next ones after continue", () => {
    expect(told(route, { severity: "warning" })).toEqual(["oncall"]);
    expect(told(route, { severity: "warning", labels: { model: "gpt-4o" } })).toEqual(["finance"]);
    expect(told(route, { severity: "critical", labels: { model: "gpt-4o" } })).toEqual(["sms", "finance"]);
    // The third route says nothing of its own: as the one around it.
    expect(told(route, { severity: "critical" })).toEqual(["sms", "oncall"]);
  });

  test("is as the rule says, if it does", () => {
    expect(told(route, { severity: "critical" }, ["finance"])).toEqual(["finance"]);
  });

  test("is each once, also by two routes", () => {
    const twice = { routes: [{ receivers: ["sms"], continue: true }, { receivers: ["sms"] }] };
    expect(told(twice)).toEqual(["sms"]);
  });
});

describe("what is told together", () => {
  const group = (route: unknown, alert: object) => routed(route, alert)[0]?.groupId;
  const a = { rule: "a", labels: { service: "shop", model: "x" } };
  const b = { rule: "b", labels: { service: "shop" } };

  test("is alerts with the same values of group_by; without it each is by itself", () => {
    expect(group({ group_by: ["service"] }, a)).toBe(group({ group_by: ["service"] }, b));
    expect(group({ group_by: ["service", "rule"] }, a)).not.toBe(group({ group_by: ["service", "rule"] }, b));
    expect(group({ group_by: [] }, a)).toBe(group({ group_by: [] }, b));
    expect(group({}, a)).not.toBe(group({}, b));
    expect(group({ group_by: ["..."] }, a)).toBe(group({}, a));
  });

  test("names what they have in common", () => {
    expect(routed({ group_by: ["service", "rule", "tool"] }, a)[0]?.groupLabels).toEqual({
      service: "shop",
      rule: "a",
    });
    expect(routed({}, a)[0]?.groupLabels).toEqual(a.labels);
  });
});

test("times are inherited; alerts by themselves do not wait", () => {
  const route = {
    repeat_interval: "1h",
    routes: [
      { match: { rule: "a" }, group_by: ["service"], group_interval: "30s" },
      { match: { rule: "b" }, group_wait: "10s", routes: [{ group_by: ["service"] }] },
    ],
  };
  const timing = (rule: string) => routed(route, { rule })[0]?.timing;
  expect(timing("other")).toEqual({ waitS: 0, intervalS: 300, repeatS: 3600 });
  expect(timing("a")).toEqual({ waitS: 0.5, intervalS: 30, repeatS: 3600 });
  expect(timing("b")).toEqual({ waitS: 10, intervalS: 300, repeatS: 3600 });
});

test.each<[string, unknown, string]>([
  ["a repeat_interval that floods", { repeat_interval: "0s" }, "a duration from 1s to 30d, such as 5m"],
  ["no duration", { group_wait: "soon" }, "a duration from 0s to 1h, such as 5m"],
  ["a receiver that is no list", { receivers: "oncall" }, "a list of receiver names, such as [oncall]"],
  ["a number for a label", { match: { tier: 1 } }, 'a text (in quotes, when it looks like something else: "1.2")'],
  ["no route", ["oncall"], "a route: a map with receivers, group_by, match, routes, …"],
  ["continue that is no yes or no", { continue: "maybe" }, "true or false"],
])("%s is refused, also further in", (_, route, message) => {
  for (const written of [route, { routes: [route] }]) {
    expect(ROUTE_SETTINGS.safeParse(written).error?.issues.map((issue) => issue.message)).toEqual([message]);
  }
});

test("what cannot be meant is found with its place", () => {
  const yaml = `route:
  match: { severity: critical }
  receivers: [oncal]
  group_by: [alertname]
  routes:
    - receivers: [sms]
    - { matchers: ["model=~[", nonsense], match: { alertname: x } }
`;
  expect(mistakes(yaml)).toEqual([
    "chainwatch.yaml:2:3: expected no match here: the top route takes every alert",
    'chainwatch.yaml:3:15: expected the name of a receiver, found "oncal"; did you mean "oncall"?',
    'chainwatch.yaml:4:14: expected rule, found "alertname"',
    "chainwatch.yaml:6:7: warning: it takes every alert, so the routes after it take none; give it a match, or continue: true",
    expect.stringMatching(/^chainwatch.yaml:7:20: expected a regular expression, found "\[": /),
    'chainwatch.yaml:7:32: expected a matcher such as rule=slow-response or model=~"gpt-.*", found "nonsense"',
    'chainwatch.yaml:7:63: expected rule, which is what Alertmanager calls alertname, found "alertname"',
  ]);
  expect(mistakes("route: { receivers: [sms], routes: [{ match: { rule: a } }, { receivers: [oncall] }] }")).toEqual(
    [],
  );
});

test("editors get its schema", () => {
  const schema = z.toJSONSchema(ROUTE_SETTINGS, { io: "input" });
  expect(JSON.stringify(schema)).toContain("How long the first message of a group waits");
});
