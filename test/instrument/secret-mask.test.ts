import { expect, test } from "vitest";
import { maskSecrets } from "../../src/instrument/secret-mask.js";

test.each([
  ["Incorrect API key provided: sk-proj-AbCd1234efgh.", "Incorrect API key provided: [masked]."],
  ["Incorrect API key provided: sk-ab***************wxyz.", "Incorrect API key provided: [masked]."],
  ["x-api-key: sk-ant-api03-abc_DEF-123", "x-api-key: [masked]"],
  ["Authorization: Bearer abc.def-123", "Authorization: Bearer [masked]"],
  ["Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [masked]"],
  ["cannot reach https://bob:hunter2@host.example/v1", "cannot reach https://[masked]@host.example/v1"],
  ["redis://:pw@cache:6379", "redis://[masked]@cache:6379"],
  ['{"api_key": "abcdef123"}', '{"api_key": "[masked]"}'],
  ["GET /v1?api-key=abcdef&x=1", "GET /v1?api-key=[masked]&x=1"],
  ["key AIzaSyA1234567890abcdefghijk", "key [masked]"],
  ["AKIAIOSFODNN7EXAMPLE", "[masked]"],
  ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1", "token [masked]"],
])("%s", (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test.each(["the skeleton key is under the mat", "https://host.example:8080/path", "task-123456789", "password reset"])(
  "leaves alone: %s",
  (text) => expect(maskSecrets(text)).toBe(text),
);

test("is quick on long text without secrets", () => {
  const text = `${"a".repeat(20_000)}${"sk".repeat(10_000)}${"://".repeat(5_000)}${"bearer ".repeat(5_000)}`;
  const started = performance.now();
  maskSecrets(text);
  expect(performance.now() - started).toBeLessThan(500);
});
