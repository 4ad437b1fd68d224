import { expect, test } from "vitest";
import { PrometheusSource } from "../../../src/query/prometheus/prometheus-source.js";
import { PrometheusServer } from "./prometheus-server.js";

const AT = Date.parse("2026-08-01T10:00:00Z");
const TIMES = { fromMs: AT - 60_000, toMs: AT, stepMs: 60_000 };
const METRIC = "chainwatch_request_duration_seconds_count";

/** Two services; the queries for counts of events are told from those for rates by their `/`. */
async function source() {
  const server = await PrometheusServer.answering(({ path, form }) => {
    const query = form.get("query") ?? "";
    if (path.includes("labels")) return ["service_name", "service_instance_id"];
    if (path !== "/api/v1/query_range") {
      return { resultType: "vector", result: [{ metric: { __name__: METRIC }, value: [AT / 1000, "1"] }] };
    }
    const values = (now: string) => [
      [AT / 1000 - 60, query.includes("/") ? "90" : "7"],
      [AT / 1000, now],
    ];
    return {
      resultType: "matrix",
      result: [
        { metric: { service_name: "a" }, values: values(query.includes("/") ? "80" : "9") },
        ...(query.includes("/") ? [{ metric: { service_name: "b" }, values: values("70") }] : []),
      ],
    };
  });
  return { server, source: new PrometheusSource({ url: server.url }) };
}

const question = { indicator: "success_rate", windowS: 300, by: ["service"] as const };

test("each point of a series comes with its own count where that is asked for, and with 0 where there is none", async () => {
  const asked = await source();
  expect(await asked.source.querySeries({ ...question, counts: true }, TIMES)).toEqual([
    {
      labels: { service: "a" },
      points: [
        { atMs: AT - 60_000, value: 90, count: 7 },
        { atMs: AT, value: 80, count: 9 },
      ],
    },
    {
      labels: { service: "b" },
      points: [
        { atMs: AT - 60_000, value: 90, count: 0 },
        { atMs: AT, value: 70, count: 0 },
      ],
    },
  ]);
});

test("counts that nobody asks for are not asked of the backend", async () => {
  const asked = await source();
  const [first] = await asked.source.querySeries(question, TIMES);
  expect(first?.points[0]).toEqual({ atMs: AT - 60_000, value: 90 });
  expect(asked.server.asked.filter(({ path }) => path === "/api/v1/query_range")).toHaveLength(1);
});
