import { expect, test } from "vitest";
import type { AlertsView } from "../../src/alert/alert-view.js";
import { FIVE_REQUESTS, runFiveRequests } from "../../src/demo/five-requests.js";
import type { RequestRecord } from "../../src/store/request-record.js";

const ALERTS: AlertsView = { evaluations: 1, rules: [], active: [], history: [] };

const record = (requestId: string): RequestRecord => ({
  request_id: requestId,
  timestamp: "2026-01-01T00:00:00.000Z",
  service: "chainwatch-demo",
  type: "explain",
  outcome: "success",
  response_time: 0.4,
  llm_calls: 1,
  llm_time: 0.4,
  tokens: { input: 10, output: 20, total: 30, cached: 0, reasoning: 0 },
  models: ["gpt-4o-mini"],
  trace_id: "0".repeat(32),
  trace_sampled: true,
});

test("five topics from three users go out one by one; alerts are asked for after every second, once it has arrived", async () => {
  const steps: string[] = [];
  let nowMs = 1_000;
  await runFiveRequests({
    ask: async ({ userId, topic }) => {
      steps.push(`ask ${userId} ${topic}`);
      return topic;
    },
    flush: async () => {
      steps.push("flush");
      nowMs += 1;
    },
    reader: {
      request: async (requestId) => record(requestId),
      alertsEvaluatedSince: async (timeMs) => {
        steps.push(`alerts since ${timeMs}`);
        return ALERTS;
      },
    },
    nowMs: () => nowMs,
    stop: new AbortController().signal,
    answered: (number, answer, { request_id }) => steps.push(`answered ${number} ${answer} ${request_id}`),
    checked: () => steps.push("checked"),
  });
  expect(steps).toEqual([
    "ask user_001 人工智能",
    "flush",
    "answered 1 人工智能 demo-1",
    "ask user_002 机器学习",
    "flush",
    "answered 2 机器学习 demo-2",
    "alerts since 1002",
    "checked",
    "ask user_001 深度学习",
    "flush",
    "answered 3 深度学习 demo-3",
    "ask user_003 强化学习",
    "flush",
    "answered 4 强化学习 demo-4",
    "alerts since 1004",
    "checked",
    "ask user_002 自然语言处理",
    "flush",
    "answered 5 自然语言处理 demo-5",
  ]);
});

test("stopping ends it before the next request", async () => {
  const stop = new AbortController();
  let asked = 0;
  const run = runFiveRequests({
    ask: async () => {
      asked += 1;
      stop.abort();
      return "";
    },
    flush: async () => {},
    reader: { request: async (id) => record(id), alertsEvaluatedSince: async () => ALERTS },
    nowMs: () => 0,
    stop: stop.signal,
    answered: () => {},
    checked: () => {},
  });
  await expect(run).rejects.toThrow();
  expect(asked).toBe(1);
  expect(FIVE_REQUESTS.length).toBe(5);
});

test("a request without an answer ends it, and is named", async () => {
  const run = runFiveRequests({
    ask: async ({ requestId }) => {
      if (requestId === "demo-3") throw new Error("401 Incorrect API key provided");
      return "";
    },
    flush: async () => {},
    reader: { request: async (id) => record(id), alertsEvaluatedSince: async () => ALERTS },
    nowMs: () => 0,
    stop: new AbortController().signal,
    answered: () => {},
    checked: () => {},
  });
  await expect(run).rejects.toThrow("request 3 of 5 got no answer: 401 Incorrect API key provided");
});
