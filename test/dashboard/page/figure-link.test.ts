import { expect, test } from "vitest";
import { figureLink } from "../../../src/dashboard/page/figure-link.js";

const WINDOW = { at: "2026-01-31T09:30:17.250Z", windowS: 300, service: undefined };
const TIME = "ended_from=2026-01-31T09%3A25%3A17.250Z&ended_to=2026-01-31T09%3A30%3A17.250Z";

test.each([
  ["requests.count", ""],
  ["requests.rate", ""],
  ["success_rate", ""],
  ["error_rate", "&outcome=error"],
  ["timeout_rate", "&outcome=timeout"],
  ["response_time.avg", "&sort=slowest"],
  ["response_time.p99", "&sort=slowest"],
  ["cost.total", "&sort=most_expensive"],
  ["cost.per_request", "&sort=most_expensive"],
  ["tokens.total", ""],
  ["users.active", ""],
])("%s leads to the requests of its window, in its order", (indicator, more) => {
  expect(figureLink(indicator, WINDOW)).toBe(`/requests?${TIME}${more}`);
});

test("the service that was chosen goes along", () => {
  expect(figureLink("error_rate", { ...WINDOW, service: "a&b" })).toBe(`/requests?${TIME}&service=a%26b&outcome=error`);
});

test.each(["ttft.p50", "llm.error_rate", "tools.calls", "concurrency.current", "no.such.figure"])(
  "%s rests on no request record, and has no link",
  (indicator) => {
    expect(figureLink(indicator, WINDOW)).toBeUndefined();
  },
);
