import { expect, test } from "vitest";
import type { IndicatorQuery, MetricSource, Sample } from "../../src/query/metric-source.js";
import { QueryError } from "../../src/query/query-error.js";
import { RecordFamilies } from "../../src/server/record-families.js";

class ScriptedSource implements MetricSource {
  readonly name = "scripted";
  readonly asked: IndicatorQuery[] = [];
  failing: string[] = [];

  async query(question: IndicatorQuery): Promise<Sample[]> {
    this.asked.push(question);
    if (this.failing.includes(question.indicator)) throw new QueryError("source_failed", "the store is busy");
    return [{ labels: { service: "shop" }, value: 1, count: 1 }];
  }
}

const AT = Date.parse("2026-08-01T10:00:00Z");
const FAILED = "chainwatch_server_indicators_failed";

async function valuesOf(families: RecordFamilies): Promise<Record<string, number | undefined>> {
  return Object.fromEntries((await families.families()).map(({ name, samples }) => [name, samples[0]?.value]));
}

test("an indicator that cannot be answered is left out and counted; the others are there", async () => {
  const source = new ScriptedSource();
  source.failing = ["users.active"];
  const values = await valuesOf(new RecordFamilies(source, () => AT));
  expect(values).toMatchObject({ chainwatch_requests_by_type: 1, [FAILED]: 1 });
  expect(values).not.toHaveProperty("chainwatch_users_active");
  expect(source.asked[0]).toEqual({ indicator: expect.any(String), windowS: 300, atMs: AT, by: ["service"] });
});

test("records are read once for all who ask within 10 s, a failure for no longer", async () => {
  const source = new ScriptedSource();
  source.failing = ["users.active"];
  let nowMs = AT;
  const families = new RecordFamilies(source, () => nowMs);
  await Promise.all([families.families(), families.families()]);
  const once = source.asked.length;
  nowMs += 9_999;
  expect((await valuesOf(families))[FAILED]).toBe(1);
  expect(source.asked).toHaveLength(once);
  source.failing = [];
  nowMs += 1;
  expect(await valuesOf(families)).toMatchObject({ chainwatch_users_active: 1, [FAILED]: 0 });
  expect(source.asked).toHaveLength(2 * once);
});
