import type { DemoApp } from "./demo-app.js";
import type { ModelFault } from "./model-server.js";
import type { RandomSource } from "./seeded-random.js";

/** A request of the demo's users, and what goes wrong with it. */
export interface PlannedRequest {
  requestType: keyof DemoApp;
  query: string;
  userId: string;
  sessionId: string;
  /** Set on the model server before the request is sent. */
  fault?: { model: string; fault: ModelFault; calls: number };
}

const QUERIES: Readonly<Record<keyof DemoApp, readonly string[]>> = {
  chat: ["Write a haiku about tracing", "向量数据库是做什么的？", "Should I buy it if I can pay three times over?"],
  support: ["How long does shipping take?", "怎么退货？", "Is there a warranty on the desk lamp?"],
  travel: [
    "What is the weather in Hangzhou?",
    "Convert 42 dollars to CNY",
    "北京天气怎么样？",
    "Convert 120 dollars to EUR",
  ],
  knowledge: ["When do I get my refund?", "怎么开发票？", "What does the warranty cover?", "向量数据库有什么用？"],
  puzzle: ["A bat and ball cost 1.10 dollars, the bat one dollar more than the ball. What does the ball cost?"],
  summarise: [
    "Launch moves to Tuesday. Mei writes the release notes. The price stays open until Friday.",
    "会议纪要：周二上线；发布说明由小梅负责；价格待定。请总结。",
  ],
  translate: ["可观测性是从系统说的话里知道它在做什么。链路是一次请求走过的路。"],
};

/** What twenty requests in a row are: mostly chat and look-ups, a few agents and puzzles. */
const CYCLE: readonly (keyof DemoApp)[] = [
  ...(["chat", "support", "travel", "summarise", "knowledge"] as const),
  ...(["chat", "puzzle", "support", "knowledge", "translate"] as const),
  ...(["travel", "chat", "summarise", "support", "knowledge"] as const),
  ...(["chat", "knowledge", "travel", "summarise", "chat"] as const),
];

const USERS = ["user_001", "user_002", "user_003", "user_004", "user_005", "user_006"] as const;

/** Many more words than the small model's context takes. */
const ENDLESS_QUESTION = `What does this receipt say? ${"one cable, two lamps, three kettles; ".repeat(150)}`;

/** The request of a number, from 0. One in forty fails, one meets an error that a retry mends, one is slow. */
export function plannedRequest(number: number, random: RandomSource): PlannedRequest {
  const requestType = CYCLE[number % CYCLE.length] ?? "chat";
  const user = Math.floor(random() * USERS.length);
  const planned: PlannedRequest = {
    requestType,
    query: pick(QUERIES[requestType], random),
    userId: USERS[user] ?? USERS[0],
    sessionId: `session_${user + 1}${Math.floor(number / 60) % 10}`,
  };
  switch (number % 40) {
    case 7:
      return { ...planned, fault: { model: "gpt-4o-mini", fault: { kind: "server_error" }, calls: 1 } };
    case 19:
      return { ...planned, fault: { model: "gpt-4o", fault: { kind: "slow", seconds: 5 }, calls: 1 } };
    case 36:
      return { ...planned, query: ENDLESS_QUESTION };
    default:
      return planned;
  }
}

/** One more of the kind that the incident makes fail. */
export function incidentRequest(number: number, random: RandomSource): PlannedRequest {
  return { ...plannedRequest(number, random), requestType: "summarise", query: pick(QUERIES.summarise, random) };
}

function pick(from: readonly string[], random: RandomSource): string {
  return from[Math.floor(random() * from.length)] ?? "";
}
