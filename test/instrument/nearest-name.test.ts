import { expect, test } from "vitest";
import { nearestName } from "../../src/instrument/nearest-name.js";

const known = ["serviceName", "endpoint", "captureMessageContent"];

test.each([
  ["servicename", "serviceName"],
  ["service_name", "serviceName"],
  ["endpont", "endpoint"],
  ["capturemessages", undefined],
  ["captureMessageContents", "captureMessageContent"],
  ["x", undefined],
  ["", undefined],
  ["y".repeat(100_000), undefined],
])("%s means %s", (mistyped, meant) => {
  expect(nearestName(mistyped, known)).toBe(meant);
});
