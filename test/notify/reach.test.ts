import { expect, test } from "vitest";
import { reachOf } from "../../src/notify/reach.js";
import { ROUTE_SETTINGS, routeOf } from "../../src/notify/route-settings.js";
import { ruleOf } from "../alert/rule-of.js";

const routed = (route: unknown, rules = [ruleOf()]) =>
  reachOf("sms", rules, route === undefined ? undefined : routeOf(ROUTE_SETTINGS.parse(route)));

test.each([
  ["no routes", undefined, "all"],
  ["a route to everybody", {}, "all"],
  ["it among others", { receivers: ["oncall", "sms"], routes: [{ match: { rule: "a" } }] }, "all"],
  ["one of the routes", { receivers: ["oncall"], routes: [{ routes: [{ receivers: ["sms"] }] }] }, "some"],
  ["others in one of the routes", { routes: [{ match: { rule: "a" }, receivers: ["oncall"] }] }, "some"],
  ["others alone", { receivers: ["oncall"], routes: [{ receivers: ["finance"] }] }, "none"],
  ["nobody", { receivers: [] }, "none"],
])("%s", (_, route, routes) => {
  expect(routed(route)).toEqual({ routes, rules: [] });
});

test("rules that name somebody themselves pass the routes by", () => {
  const own = [ruleOf({ id: "a", receivers: ["sms"] }), ruleOf({ id: "b", receivers: ["oncall"] })];
  expect(routed(undefined, own)).toEqual({ routes: "none", rules: ["a"] });
});
