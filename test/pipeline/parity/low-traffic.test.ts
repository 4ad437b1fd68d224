import { beforeAll, describe, expect, test } from "vitest";
import { CATALOGUE } from "../../../src/indicators/catalogue.js";
import type { Outcome } from "../../../src/instrument/request.js";
import { RunningParts } from "../parts/running-parts.js";
import { type AppScript, every, type ScriptedRequest } from "./app-script.js";
import { compare, disagreements, tableLine } from "./comparison.js";
import { type ComparedAnswer, differenceTable } from "./difference-table.js";
import { ExactAnswers } from "./exact-answers.js";
import { type RecordedStream, recordStream } from "./recorded-stream.js";
import { askable, type ThreeSources } from "./three-sources.js";
import { REPORT_INTERVAL_MS, STREAM_MS } from "./workload.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const endMs = Math.floor(Date.now() / MINUTE) * MINUTE;
const startMs = endMs - STREAM_MS;

interface LowTrafficCase {
  name: string;
  apps: Omit<AppScript, "service">[];
  /** What it is about: an indicator, when it is asked, after the start of the stream, and what it must be. */
  telling: [indicator: string, afterMs: number, answer: number | undefined];
  /** Further times, after the start of the stream. */
  askedAfterMs: number[];
}

/** A request with one model call, `afterMs` after the start of the stream. */
function request(afterMs: number, outcome: Outcome = "success", durationMs = 700): ScriptedRequest {
  const call = {
    startMs: 0,
    durationMs,
    kind: "chat",
    provider: "openai",
    model: "parity-small",
    ...(outcome === "error"
      ? { fails: outcome }
      : {
          firstChunkMs: 200,
          tokens: { input: 300, output: 80, cacheRead: 100, cacheWrite: 0, reasoning: 0 },
        }),
  } as const;
  return { startMs: startMs + afterMs, durationMs, type: "chat", outcome, user: "user_1", calls: [call], tools: [] };
}

function requests(everyMs: number, fromMs: number, toMs: number, outcome?: Outcome): ScriptedRequest[] {
  return every(everyMs, fromMs, toMs).map((afterMs, i) => request(afterMs, outcome, 500 + 37 * (i % 11)));
}

/** A process that lives from and to these times after the start of the stream; the last thing it does is to report. */
function app(scripted: ScriptedRequest[], fromMs = 0, toMs = STREAM_MS): Omit<AppScript, "service"> {
  const regular = every(REPORT_INTERVAL_MS, startMs + fromMs + REPORT_INTERVAL_MS, startMs + toMs);
  return { release: "1.0", requests: scripted, collectionsMs: [...new Set([...regular, startMs + toMs])] };
}

const CASES: LowTrafficCase[] = [
  {
    name: "five requests, then idle",
    apps: [app(requests(3 * SECOND, SECOND, 13 * SECOND))],
    telling: ["requests.count", 4 * MINUTE, 5],
    askedAfterMs: [30 * SECOND, 5 * MINUTE + 19 * SECOND, 5 * MINUTE + 20 * SECOND, 30 * MINUTE],
  },
  {
    name: "first error of a running app",
    apps: [app([...requests(5 * SECOND, SECOND, 39 * MINUTE), request(30 * MINUTE + 3 * SECOND, "error")])],
    telling: ["error_rate", 30 * MINUTE + 10 * SECOND, 100 / 61],
    askedAfterMs: [30 * MINUTE, 34 * MINUTE, 36 * MINUTE],
  },
  {
    name: "three requests in one export",
    apps: [app([request(20 * MINUTE), request(20 * MINUTE + SECOND), request(20 * MINUTE + 2 * SECOND)])],
    telling: ["requests.count", 20 * MINUTE + 10 * SECOND, 3],
    askedAfterMs: [20 * MINUTE, 23 * MINUTE, 26 * MINUTE],
  },
  {
    name: "one a minute",
    apps: [app(requests(MINUTE, 30 * SECOND, 39 * MINUTE))],
    telling: ["requests.count", 20 * MINUTE, 5],
    askedAfterMs: [90 * SECOND, 20 * MINUTE + 35 * SECOND, 40 * MINUTE],
  },
  {
    name: "total failure",
    apps: [app(requests(20 * SECOND, SECOND, 39 * MINUTE, "error"))],
    telling: ["success_rate", 10 * SECOND, 0],
    askedAfterMs: [5 * MINUTE, 20 * MINUTE, 40 * MINUTE],
  },
  {
    name: "a gap of 12 minutes",
    apps: [
      {
        ...app(requests(10 * SECOND, SECOND, 39 * MINUTE)),
        lostMs: { fromMs: startMs + 10 * MINUTE + SECOND, toMs: startMs + 22 * MINUTE },
      },
    ],
    telling: ["requests.count", 22 * MINUTE + 10 * SECOND, 73],
    askedAfterMs: [12 * MINUTE, 18 * MINUTE, 25 * MINUTE, 30 * MINUTE],
  },
  {
    name: "restart",
    apps: [
      app(requests(7 * SECOND, SECOND, 15 * MINUTE - 2 * SECOND), 0, 15 * MINUTE - SECOND),
      app(requests(7 * SECOND, 15 * MINUTE + 5 * SECOND, 39 * MINUTE), 15 * MINUTE + 4 * SECOND),
    ],
    telling: ["requests.count", 17 * MINUTE + 4 * SECOND, 43],
    askedAfterMs: [15 * MINUTE, 15 * MINUTE + 15 * SECOND, 19 * MINUTE, 22 * MINUTE],
  },
  {
    name: "an app that stops",
    apps: [app(requests(10 * SECOND, SECOND, 20 * MINUTE), 0, 20 * MINUTE + 3 * SECOND)],
    telling: ["requests.count", 26 * MINUTE, undefined],
    askedAfterMs: [20 * MINUTE + 10 * SECOND, 21 * MINUTE, 24 * MINUTE, 25 * MINUTE + 2 * SECOND],
  },
  {
    name: "two instances",
    apps: [
      app(requests(11 * SECOND, SECOND, 39 * MINUTE), 3 * SECOND),
      app(requests(13 * SECOND, 2 * SECOND, 39 * MINUTE), 7300),
    ],
    telling: ["requests.count", 30 * MINUTE, 51],
    askedAfterMs: [60 * SECOND, 20 * MINUTE + 5 * SECOND, 40 * MINUTE],
  },
];

const parts = new RunningParts();
let stream: RecordedStream;
let sources: ThreeSources;
let exact: ExactAnswers;

beforeAll(async () => {
  stream = await recordStream(CASES.flatMap(({ name, apps }) => apps.map((one) => ({ service: name, ...one }))));
  sources = await askable(parts, stream);
  exact = new ExactAnswers(stream.apps);
});

describe("low traffic is exact in all three:", () => {
  test.each(CASES)("$name", async ({ name, telling: [, tellingMs], askedAfterMs }) => {
    const wrong: string[] = [];
    for (const afterMs of [tellingMs, ...askedAfterMs]) {
      for (const { id, metricQuestion } of CATALOGUE) {
        if (metricQuestion === undefined) continue;
        const question = { indicator: id, windowS: 300, atMs: startMs + afterMs, where: { service: name } };
        for (const one of await compare(sources.metrics, exact, question)) {
          wrong.push(...disagreements(one, stream.apps).map((line) => `${afterMs / SECOND} s: ${line}`));
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("what each case is about", async () => {
    const lines: ComparedAnswer[] = [];
    for (const { name, telling } of CASES) {
      const [indicator, afterMs, answer] = telling;
      const question = { indicator, windowS: 300, atMs: startMs + afterMs, where: { service: name } };
      const [compared] = await compare(sources.metrics, exact, question);
      if (compared === undefined) throw new Error(`${name}: nothing was compared`);
      lines.push(tableLine(name, compared));
      expect.soft(compared.exact?.value, name).toBe(answer);
      expect.soft(disagreements(compared, stream.apps), name).toEqual([]);
    }
    console.log(`\n${differenceTable(lines)}\n`);
  });
});
