import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import {
  ATTR_OUTCOME,
  ATTR_REQUEST_DURATION,
  ATTR_REQUEST_ID,
  ATTR_REQUEST_TYPE,
  ATTR_USER_ID,
  EVENT_REQUEST,
  RESOURCE_SERVICE_NAME,
} from "../../src/instrument/semconv.js";
import { IndicatorSource } from "../../src/query/indicator-source.js";
import { LocalMetricSource } from "../../src/query/local-metric-source.js";
import { LocalRecordSource } from "../../src/query/local-record-source.js";
import type { LogRow } from "../../src/receive/telemetry-batch.js";
import { openTelemetryStore } from "../../src/store/open-telemetry-store.js";
import type { Outcome } from "../../src/store/request-record.js";
import { atMs, ExampleApp } from "./example-app.js";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function requestLog(id: number, endS: number, durationS: number, outcome: Outcome, user: string): LogRow {
  return {
    timeUs: atMs(endS - durationS) * 1000,
    eventName: EVENT_REQUEST,
    severityText: "INFO",
    body: null,
    attributes: {
      [ATTR_REQUEST_ID]: `request-${id}`,
      [ATTR_OUTCOME]: outcome,
      [ATTR_REQUEST_TYPE]: "chain",
      [ATTR_REQUEST_DURATION]: durationS,
      [ATTR_USER_ID]: user,
    },
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    resource: { [RESOURCE_SERVICE_NAME]: "shop" },
  };
}

it("metrics and request records of one stream give the same answers", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "chainwatch-query-"));
  cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
  const retention = { days: 30, maxBytes: 1e9 };
  const store = await openTelemetryStore({ dataDir, retention, clock: () => atMs(1000) });
  cleanUps.push(() => store.close());
  const metrics = new LocalMetricSource(store);
  const records = new LocalRecordSource(store);

  const app = new ExampleApp(0, "one", "cumulative");
  const outcomes = ["success", "success", "error", "timeout", "cancelled", "success", "abandoned"] as const;
  for (let i = 0; i < 60; i++) {
    const endS = 10 * (i + 1);
    // Some began long before the window that they ended in.
    const durationS = i % 9 === 0 ? 500 : 0.25 * (1 + (i % 5));
    const outcome = outcomes[i % outcomes.length] ?? "success";
    app.request(outcome, durationS);
    await store.ingest({ ...app.export(endS), logs: [requestLog(i, endS, durationS, outcome, `user-${i % 4}`)] });
  }

  for (const at of [100, 455, 600]) {
    for (const indicator of [
      "requests.count",
      "requests.rate",
      "success_rate",
      "error_rate",
      "timeout_rate",
      "response_time.avg",
    ]) {
      const question = { indicator, windowS: 300, atMs: atMs(at), by: ["service"] as const };
      const [fromMetrics, fromRecords] = await Promise.all([metrics.query(question), records.query(question)]);
      expect(fromMetrics, `${indicator} at ${at}`).toHaveLength(1);
      expect(fromRecords[0]).toEqual({ ...fromMetrics[0], value: expect.closeTo(fromMetrics[0]?.value ?? -1, 9) });
    }
  }

  const all = new IndicatorSource(metrics, records);
  expect(await all.query({ indicator: "users.active", windowS: 300, atMs: atMs(600) })).toEqual([
    { labels: {}, value: 4, count: 30 },
  ]);
  const byUser = await all.query({ indicator: "requests.count", windowS: 300, atMs: atMs(600), by: ["user"] });
  expect(byUser.reduce((sum, { value }) => sum + value, 0)).toBe(30);
});
