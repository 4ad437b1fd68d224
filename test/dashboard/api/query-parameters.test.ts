import { expect, test } from "vitest";
import { QueryParameters } from "../../../src/dashboard/api/query-parameters.js";

const parameters = (query: string): QueryParameters => new QueryParameters(new URLSearchParams(query));
const COUNT = { least: 1, most: 100, whole: true };

test("absent parameters are undefined, present ones are read", () => {
  const query = parameters("limit=5&at=2026-01-31T09:30:00%2B08:00&by=model,service&where.service=shop&sort=slowest");
  expect(query.number("limit", COUNT)).toBe(5);
  expect(query.timeMs("at")).toBe(Date.UTC(2026, 0, 31, 1, 30));
  expect(query.dimensions("by")).toEqual(["model", "service"]);
  expect(query.dimensionValues("where")).toEqual({ service: "shop" });
  expect(query.oneOf("sort", ["newest", "slowest"])).toBe("slowest");
  expect(query.text("user")).toBeUndefined();
  query.end();
});

test.each<[string, (query: QueryParameters) => unknown, string]>([
  [
    "limit=0",
    (query) => query.number("limit", COUNT),
    'parameter "limit": expected a whole number from 1 to 100, found "0"',
  ],
  ["limit=1.5", (query) => query.number("limit", COUNT), 'found "1.5"'],
  ["limit=1e2", (query) => query.number("limit", COUNT), 'found "1e2"'],
  ["limit=", (query) => query.number("limit", COUNT), 'parameter "limit": expected a value, found an empty one'],
  ["limit=1&limit=2", (query) => query.number("limit", COUNT), "expected one value, found 2 values"],
  ["at=yesterday", (query) => query.timeMs("at"), "expected an ISO 8601 time with its offset"],
  ["at=2026-01-31T09:30:00", (query) => query.timeMs("at"), "expected an ISO 8601 time with its offset"],
  ["by=model,colour", (query) => query.dimensions("by"), 'found "colour"'],
  [
    "sort=oldest",
    (query) => query.oneOf("sort", ["newest", "slowest"]),
    'expected one of newest, slowest, found "oldest"',
  ],
])("%s is refused with what was expected and found", (text, read, message) => {
  expect(() => read(parameters(text))).toThrow(message);
});

test("a parameter that nothing reads is a mistake, not a filter that is passed over", () => {
  const query = parameters("usr=user_001");
  query.text("user");
  expect(() => query.end()).toThrow('parameter "usr": expected only user, found "usr"');
});
