import { expect, it } from "vitest";
import type { CompareView } from "../../../../src/dashboard/api/compare-view.js";
import { compareSummary, verdictOf } from "../../../../src/dashboard/page/compare/compare-summary.js";
import { compareRequests } from "../../../../src/query/record-comparison.js";
import type { RequestRecord } from "../../../../src/store/request-record.js";
import { comparedOutcomes } from "../../../query/compared-requests.js";
import { exampleRecord } from "../../../query/example-record.js";

const many = (n: number, make: (index: number) => Partial<RequestRecord>): RequestRecord[] =>
  Array.from({ length: n }, (_, index) => exampleRecord(5, make(index)));

async function comparison(a: RequestRecord[], b: RequestRecord[]): Promise<CompareView> {
  const side = (version: string, records: RequestRecord[]) => ({
    version,
    requests: records.length,
    left_out: 0,
    worst: [],
  });
  return {
    by: "release",
    from: "",
    to: "",
    a: side("1.0", a),
    b: side("1.1", b),
    figures: await compareRequests(comparedOutcomes(a), comparedOutcomes(b)),
  };
}

const quick = (index: number) => ({ response_time: 1 + (index % 3) / 10, cost_usd: 0.02 + (index % 2) / 1000 });

it("says what got worse and what got better, with the figures of both", async () => {
  const view = await comparison(
    many(40, quick),
    many(40, (index) => ({ ...quick(index), response_time: 2 + (index % 3) / 10, cost_usd: 0.01 })),
  );
  expect(compareSummary(view, "en")).toBe(
    "Worse: average response time 1.1 s → 2.1 s. Better: cost per request $0.021 → $0.01.",
  );
  expect(compareSummary(view, "zh")).toBe("变差：平均响应时间 1.1 s → 2.1 s。变好：每请求成本 $0.021 → $0.01。");
});

it("says when nothing can be told", async () => {
  expect(compareSummary(await comparison(many(40, quick), many(40, quick)), "en")).toMatch(/^Nothing differs/);
  expect(compareSummary(await comparison(many(40, quick), many(3, quick)), "en")).toMatch(/^Too few requests/);
  expect(compareSummary(await comparison(many(40, quick), []), "en")).toBe(
    "There are no requests of 1.1 in this time.",
  );
});

it("a percentile has no verdict, nor has what one side lacks", async () => {
  const { figures } = await comparison(
    many(40, quick),
    many(9, () => ({})),
  );
  expect(Object.fromEntries(figures.map((figure) => [figure.indicator, verdictOf(figure)]))).toMatchObject({
    "response_time.avg": "few",
    "response_time.p95": undefined,
    "cost.per_request": undefined,
    error_rate: "same",
  });
});
