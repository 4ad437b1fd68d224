import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlertTransition } from "../../../src/alert/alert-view.js";
import type { Language } from "../../../src/indicators/language.js";
import { consoleChannel } from "../../../src/notify/console/console-channel.js";
import { aboutOne } from "../recorded-channel.js";
import { transitionOf } from "../transition-of.js";

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = "UTC";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

async function printed(parts: Partial<AlertTransition>, language: Language): Promise<string> {
  const lines: string[] = [];
  await consoleChannel((line) => lines.push(line), language).deliver(
    aboutOne(transitionOf(parts)),
    new AbortController().signal,
  );
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

test("a critical alert has emoji, level, name, indicator, value, threshold, time and the link to a trace", async () => {
  const trace_url = "http://127.0.0.1:4318/traces/3f9c";
  expect(await printed({ trace_url }, "zh")).toBe(
    "🚨 CRITICAL 成功率严重低  success_rate 71 % < 90 %  始于 10:32:05   trace http://127.0.0.1:4318/traces/3f9c",
  );
  expect(await printed({ trace_url }, "en")).toBe(
    "🚨 CRITICAL Very low success rate  success_rate 71 % < 90 %  since 10:32:05   trace http://127.0.0.1:4318/traces/3f9c",
  );
});

test.each([
  ["error", "❌ ERROR"],
  ["warning", "⚠️ WARNING"],
] as const)("level %s has its own emoji", async (severity, begin) => {
  expect(await printed({ severity }, "en")).toBe(
    `${begin} Very low success rate  success_rate 71 % < 90 %  since 10:32:05`,
  );
});

test("times are those of the terminal", async () => {
  process.env.TZ = "Asia/Shanghai";
  expect(await printed({}, "en")).toContain("since 18:32:05");
});

test("values have the form of their unit", async () => {
  const cost = { indicator: "cost.total", unit: "USD", value: 1.5, op: ">", threshold: 1 } as const;
  expect(await printed(cost, "en")).toContain("cost.total $1.50 > $1.00");
  const slow = { indicator: "response_time.p95", unit: "s", value: 12.34, op: ">", threshold: 8 } as const;
  expect(await printed(slow, "en")).toContain("response_time.p95 12.3 s > 8 s");
});

test("a resolved alert says its value now and how long it lasted", async () => {
  const resolved = {
    from: "firing",
    to: "resolved",
    reason: "condition_false",
    value: 97,
    at: "2026-08-01T10:35:20Z",
  } as const;
  expect(await printed(resolved, "en")).toBe("✅ RESOLVED Very low success rate  success_rate 97 %  after 3m15s");
  expect(await printed(resolved, "zh")).toBe("✅ RESOLVED 成功率严重低  success_rate 97 %  持续 3m15s");
});

test("one that resolved for lack of data says so, and shows no value", async () => {
  const { value: _, ...expired } = transitionOf({
    to: "resolved",
    reason: "no_data_expired",
    at: "2026-08-01T11:32:05Z",
  });
  const lines: string[] = [];
  await consoleChannel((line) => lines.push(line), "en").deliver(aboutOne(expired), new AbortController().signal);
  await consoleChannel((line) => lines.push(line), "zh").deliver(aboutOne(expired), new AbortController().signal);
  expect(lines).toEqual([
    "✅ RESOLVED Very low success rate  success_rate –  no data any more  after 1h",
    "✅ RESOLVED 成功率严重低  success_rate –  长时间没有数据  持续 1h",
  ]);
});

test("the labels of a split rule are named", async () => {
  expect(await printed({ labels: { model: "gpt-5", type: "chat" } }, "en")).toContain(
    "Very low success rate {model=gpt-5, type=chat}  success_rate",
  );
});

test("escape sequences, line breaks and text direction in names and labels do not reach the terminal", async () => {
  const line = await printed(
    { name: { en: "a\u001b[2Jb", zh: "" }, labels: { model: "x\n✅ RESOLVED\u202e\u009b31m" } },
    "en",
  );
  expect(line).toContain("a�[2Jb {model=x�✅ RESOLVED��31m}");
});
