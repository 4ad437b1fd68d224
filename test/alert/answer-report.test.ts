import { beforeEach, expect, test } from "vitest";
import { AnswerReport } from "../../src/alert/answer-report.js";

let nowMs: number;
let said: string[];
let report: AnswerReport;

const SOURCE = "prometheus http://p";
const answered = (rule: string) => ({ rule, source: SOURCE });
const down = (rule: string, source = SOURCE) => ({ rule, source, fault: { of: "source", error: "refused" } }) as const;
const odd = (rule: string) => ({ rule, source: SOURCE, fault: { of: "question", error: "no such label" } }) as const;

beforeEach(() => {
  nowMs = 0;
  said = [];
  report = new AnswerReport({ monotonic: () => nowMs }, (line) => said.push(line));
});

test("a source that fails is told of once, and once when all its rules have answers again", () => {
  report.look([answered("a"), down("b"), down("c")]);
  nowMs += 15_000;
  report.look([down("a"), down("b"), down("c")]);
  nowMs += 15_000;
  report.look([answered("a"), answered("b"), down("c")]);
  nowMs += 15_000;
  report.look([answered("a"), answered("b"), answered("c")]);
  report.look([answered("a"), answered("b"), answered("c")]);
  expect(said).toEqual([
    "Rules: 2 of 3 that ask prometheus http://p have no answer and keep the state of their alerts: refused",
    "Rules: prometheus http://p answers again, after 45s",
  ]);
});

test("of two sources each is told of by itself", () => {
  report.look([answered("a"), down("b", "local")]);
  report.look([down("a"), down("b", "local")]);
  expect(said).toEqual([
    expect.stringMatching(/^Rules: 1 of 1 that ask local /),
    expect.stringMatching(/^Rules: 1 of 1 that ask prometheus /),
  ]);
});

test("a question that the source will not answer is its rule's trouble, and hides no outage", () => {
  report.look([odd("a"), answered("b")]);
  report.look([odd("a"), down("b")]);
  nowMs += 30_000;
  report.look([answered("a"), down("b")]);
  expect(said).toEqual([
    "Rule a has no answer and keeps the state of its alerts: no such label",
    expect.stringMatching(/^Rules: 1 of 2 that ask prometheus/),
    "Rule a has an answer again, after 30s",
  ]);
});

test("a source that fails every other time is told of once a minute, and one that stays away is told of in the end", () => {
  for (let round = 0; round < 4; round++, nowMs += 10_000) report.look([round % 2 === 0 ? down("a") : answered("a")]);
  expect(said).toHaveLength(2);
  report.look([down("a")]);
  expect(said).toHaveLength(2);
  nowMs = 60_000;
  report.look([down("a")]);
  expect(said).toHaveLength(3);
});
