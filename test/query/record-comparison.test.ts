import { expect, it } from "vitest";
import { compareRequests } from "../../src/query/record-comparison.js";
import type { RequestRecord } from "../../src/store/request-record.js";
import { comparedOutcomes } from "./compared-requests.js";
import { exampleRecord } from "./example-record.js";

const many = (n: number, more: (index: number) => Partial<RequestRecord>): RequestRecord[] =>
  Array.from({ length: n }, (_, index) => exampleRecord(5, more(index)));

const figure = async (id: string, a: RequestRecord[], b: RequestRecord[]) =>
  (await compareRequests(comparedOutcomes(a), comparedOutcomes(b))).find(({ indicator }) => indicator === id) ??
  expect.fail(id);

it("both sides have the figures that the catalogue defines, of the requests that those count", async () => {
  const a = many(20, (index) => ({ response_time: 1 + (index % 2), cost_usd: 0.5 }));
  a.push(exampleRecord(5, { response_time: 900, outcome: "cancelled" }));
  const b = many(20, (index) => ({ response_time: 2 + (index % 2) }));

  expect(await figure("response_time.avg", a, b)).toMatchObject({
    unit: "s",
    a: { value: 1.5, count: 20 },
    b: { value: 2.5, count: 20 },
    difference: { value: 1, told_apart: true },
  });
  expect(await figure("response_time.p50", a, b)).toMatchObject({ a: { value: 1 }, b: { value: 2 } });
  expect(await figure("response_time.p95", a, b)).toEqual(
    expect.objectContaining({ a: { value: 2, count: 20 }, b: { value: 3, count: 20 } }),
  );
  // Without a price there is no cost, which is not a cost of 0.
  const cost = await figure("cost.per_request", a, b);
  expect(cost.a).toEqual({ value: 0.5, low: 0.5, high: 0.5, count: 20 });
  expect(cost).not.toHaveProperty("b");
  expect(cost).not.toHaveProperty("difference");
  expect(await figure("tokens.per_request", a, b)).toMatchObject({
    a: { value: 15, count: 21 },
    difference: { value: 0, told_apart: false },
  });
});

it("shares are in percent with their intervals, timeouts apart from errors", async () => {
  const a = many(148, (index) => ({ outcome: index < 15 ? "error" : "success" }));
  const b = many(148, (index) => ({ outcome: index < 60 ? "error" : index < 75 ? "timeout" : "success" }));
  const errors = await figure("error_rate", a, b);
  expect(errors.a?.value).toBeCloseTo(10.135, 3);
  expect(errors.a?.low).toBeCloseTo(6.24, 2);
  expect(errors.a?.high).toBeCloseTo(16.05, 2);
  expect(errors.difference).toMatchObject({ told_apart: true });
  expect(errors.difference?.value).toBeCloseTo(30.405, 3);
  expect(await figure("timeout_rate", a, b)).toMatchObject({ a: { value: 0 }, difference: { told_apart: true } });
});

it("what rests on too few requests has a value and no interval, and what has none has no value", async () => {
  const few = await figure(
    "response_time.avg",
    many(9, () => ({})),
    many(50, () => ({ response_time: 9 })),
  );
  expect(few.a).toEqual({ value: 1, count: 9 });
  expect(few).not.toHaveProperty("difference");
  expect(
    await figure(
      "error_rate",
      [],
      many(5, () => ({})),
    ),
  ).not.toHaveProperty("a");
});

it("other work has its turn between the figures", async () => {
  let turns = 0;
  let isOver = false;
  const others = (): void => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const figures = await compareRequests(comparedOutcomes(many(20, () => ({}))), comparedOutcomes(many(20, () => ({}))));
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(figures.length - 1);
});
