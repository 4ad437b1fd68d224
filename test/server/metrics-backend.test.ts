import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readMetricsBackend } from "../../src/server/metrics-backend.js";

const read = (value: string, env: Record<string, string> = {}) =>
  readMetricsBackend({ option: "source", at: "--source", value }, env);

test("figures come from the local store unless a backend is named", () => {
  expect(readMetricsBackend(undefined, {})).toBeUndefined();
  expect(read("local")).toBeUndefined();
});

test.each([
  ["prometheus=http://127.0.0.1:9090", "http://127.0.0.1:9090"],
  ["prometheus=https://mimir.example.com/prometheus/", "https://mimir.example.com/prometheus"],
])("%s is the backend at %s", (value, url) => {
  expect(read(value)).toEqual({ url, headers: {}, setting: "--source" });
});

test("headers are read as OpenTelemetry's are, and are secrets", () => {
  const backend = read("prometheus=http://127.0.0.1:9090", {
    CHAINWATCH_SOURCE_HEADERS: "Authorization=Basic%20dXNlcjpwYXNz, X-Scope-OrgID=team,",
  });
  const shown = Object.entries(backend?.headers ?? {}).map(([name, value]) => [name, value.reveal()]);
  expect(shown).toEqual([
    ["Authorization", "Basic dXNlcjpwYXNz"],
    ["X-Scope-OrgID", "team"],
  ]);
  expect(inspect(backend) + JSON.stringify(backend)).not.toContain("dXNlcjpwYXNz");
});

test.each([
  ["", /expected local, or prometheus=URL, found "" \(at --source\)/],
  ["prometheus", /expected local, or prometheus=URL, found "prometheus".*prometheus=http:\/\/127\.0\.0\.1:9090/],
  ["http://127.0.0.1:9090", /expected local, or prometheus=URL/],
  ["influxdb=http://127.0.0.1:8086", /expected local, or prometheus=URL/],
  ["prometheus=127.0.0.1:9090", /expected an http or https address/],
  ["prometheus=ftp://127.0.0.1", /expected an http or https address/],
  ["prometheus=http://127.0.0.1:9090?token=s3cret", /found "an address with a query".*CHAINWATCH_SOURCE_HEADERS/],
  ["prometheus=http://127.0.0.1:9090/#s3cret", /found "an address with a fragment"/],
  ["prometheus=http://me:s3cret@127.0.0.1:9090", /found "an address with a user or password".*SOURCE_HEADERS/],
  ["prometheus=http://me:s3cret@", /SOURCE_HEADERS/],
  ["http://me:s3cret@127.0.0.1:9090", /expected local, or prometheus=URL/],
])("%s is refused with the cure, and without a secret", (value, message) => {
  expect(() => read(value)).toThrow(message);
  expect(() => read(value)).not.toThrow(/s3cret/);
});

test.each(["s3cret", "=s3cret", "bad name=s3cret", "a=1,s3cret", "Authorization=s3cret%0d%0aX: 1"])(
  "headers like %s are refused with their place, and not repeated",
  (headers) => {
    const wrong = () => read("prometheus=http://127.0.0.1:9090", { CHAINWATCH_SOURCE_HEADERS: headers });
    expect(wrong).toThrow(/as part \d" \(at CHAINWATCH_SOURCE_HEADERS\)/);
    expect(wrong).not.toThrow(/s3cret/);
  },
);
