import { expect, test } from "vitest";
import { createDemoApp } from "../../src/demo/demo-app.js";
import { seededRandom } from "../../src/demo/seeded-random.js";
import { type PlannedRequest, plannedRequest } from "../../src/demo/traffic-plan.js";

function plan(requests: number, seed = 1): PlannedRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: requests }, (_, number) => plannedRequest(number, random));
}

test("the same seed plans the same requests", () => {
  expect(plan(200)).toEqual(plan(200));
  expect(plan(200)).not.toEqual(plan(200, 2));
});

test("every kind of request comes within twenty", () => {
  const app = createDemoApp({ apiKey: "demo" });
  expect(new Set(plan(20).map(({ requestType }) => requestType))).toEqual(new Set(Object.keys(app)));
});

test("a fault meets a model that the request it is planned for really uses", () => {
  const modelOf = { support: "gpt-4o-mini", chat: "gpt-4o" } as Record<string, string>;
  const faulty = plan(200).filter(({ fault }) => fault !== undefined);
  expect(faulty.length).toBe(10);
  for (const { requestType, fault } of faulty) expect(fault?.model).toBe(modelOf[requestType]);
});

test("ordinary traffic is well: one request in forty fails for good, too few for any rule", () => {
  const failing = plan(400).filter(({ query }) => query.length > 1_000);
  expect(failing.length).toBe(10);
  expect(failing.every(({ requestType }) => requestType === "knowledge")).toBe(true);
});
