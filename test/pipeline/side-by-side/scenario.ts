import type { Rule } from "../../../src/alert/rule.js";
import { seededRandom } from "../../../src/demo/seeded-random.js";
import { type RuleParts, ruleOf } from "../../alert/rule-of.js";
import { type AppScript, every, type ScriptedRequest } from "../parity/app-script.js";

/** How long the scenario lasts, units. */
const LENGTH = 72;
/** How often rules are evaluated, units. */
const INTERVAL = 2;

/** What happens, and the rules that watch it. Times in milliseconds. */
export interface Scenario {
  apps: AppScript[];
  /** Each condition lasts for more than an interval, so that every evaluator sees it. */
  rules: Rule[];
  /** Of conditions that come and go: only who evaluates at the same times sees the same. */
  randomRules: Rule[];
  intervalMs: number;
  endMs: number;
}

type Span = [from: number, to: number];

/**
 * Bursts of errors, flapping, slow answers, a process that starts anew, low traffic and a gap, at whatever speed. Apps
 * report every unit; all times below are in units.
 *
 * @param startMs Unix time, milliseconds
 * @param unitMs at least 1000
 */
export function scenarioOf(startMs: number, unitMs: number): Scenario {
  const at = (units: number): number => startMs + Math.round(units * unitMs);
  const unitS = unitMs / 1000;

  /** Requests at even distances that are short and go well, unless `parts` says otherwise. */
  const requests = (
    distance: number,
    [from, to]: Span,
    parts: (units: number, index: number) => Partial<ScriptedRequest> = () => ({}),
  ): ScriptedRequest[] =>
    every(distance * unitMs, at(from), at(to) - 1).map((requestMs, index) => ({
      startMs: requestMs,
      durationMs: Math.round(0.2 * unitMs),
      type: "chat",
      outcome: "success",
      calls: [],
      tools: [],
      ...parts((requestMs - startMs) / unitMs, index),
    }));
  const app = (service: string, scripted: ScriptedRequest[], [from, to]: Span = [0, LENGTH]): AppScript => ({
    service,
    release: "1.0",
    requests: scripted,
    collectionsMs: every(unitMs, at(from + 1), at(to)),
  });
  const failIn = (units: number, ...spans: Span[]): Partial<ScriptedRequest> =>
    spans.some(([from, to]) => units >= from && units < to) ? { outcome: "error" } : {};

  const random = seededRandom(7);
  let failing = false;
  const apps = [
    app(
      "burst",
      requests(0.5, [1, 70], (units) => failIn(units, [10, 16])),
    ),
    app(
      "flapping",
      requests(0.5, [1, 70], (units, index) =>
        index % 2 === 0 ? failIn(units, [30, 33], [42, 45], [54, 57]) : { type: "search" },
      ),
    ),
    app(
      "slow",
      requests(0.5, [1, 66], (units) => (units >= 15 && units < 30 ? { durationMs: 3 * unitMs } : {})),
    ),
    app("restarted", requests(0.5, [1, 18]), [0, 30]),
    app("restarted", requests(0.5, [36, 70]), [33, LENGTH]),
    app(
      "quiet",
      requests(4, [8, 48], () => ({ outcome: "error" })),
    ),
    {
      ...app(
        "lost",
        requests(0.5, [5, 60], () => ({ outcome: "error" })),
      ),
      lostMs: { fromMs: at(20), toMs: at(42) },
    },
    app(
      "easing",
      requests(0.5, [1, 70], (units, index) => ({
        ...(index % 2 === 0 ? failIn(units, [10, 20]) : {}),
        ...(index % 7 === 0 ? failIn(units, [20, 40]) : {}),
      })),
    ),
    app(
      "random",
      requests(0.5, [1, 70], () => {
        if (random() < 0.2) failing = !failing;
        return random() < (failing ? 0.6 : 0.05) ? { outcome: "error" } : {};
      }),
    ),
  ];

  const common = { intervalS: INTERVAL * unitS, noData: "ok" } as const;
  const rule = (id: string, service: string, parts: RuleParts = {}): Rule =>
    ruleOf({
      ...common,
      id,
      indicator: "error_rate",
      unit: "%",
      where: { service },
      windowS: 4 * unitS,
      when: { op: ">", value: 10 },
      ...parts,
    });
  const seconds = (units: number): Pick<Rule, "unit" | "when"> => ({
    unit: "s",
    when: { op: ">", value: units * unitS },
  });
  const count = { indicator: "requests.count", unit: "requests" } as const;
  const lowTraffic = { minRequests: 4, windowS: 20 * unitS };
  return {
    apps,
    rules: [
      rule("burst", "burst"),
      rule("burst-kept", "burst", { keepFiringForS: 1000 * unitS }),
      rule("flapping", "flapping"),
      rule("flapping-held", "flapping", { forS: 2 * unitS }),
      rule("flapping-never-held", "flapping", { forS: 12 * unitS }),
      rule("flapping-kept", "flapping", { keepFiringForS: 8 * unitS }),
      rule("flapping-by-type", "flapping", { by: ["type"] }),
      rule("slow-mean", "slow", { indicator: "response_time.avg", ...seconds(1) }),
      rule("slow-p95", "slow", { indicator: "response_time.p95", ...seconds(2) }),
      rule("idle-until-restart", "restarted", { ...count, when: { op: "<", value: 1 } }),
      rule("no-spike-at-reset", "restarted", { ...count, when: { op: ">", value: 10 } }),
      rule("too-few-requests", "quiet", { minRequests: 4, windowS: 10 * unitS }),
      rule("just-enough-requests", "quiet", lowTraffic),
      rule("just-enough-requests-keep", "quiet", { ...lowTraffic, noData: "keep" }),
      rule("gap", "lost"),
      rule("gap-keep", "lost", { noData: "keep" }),
      rule("hysteresis", "easing", {
        windowS: 10 * unitS,
        when: { op: ">", value: 20 },
        resolveWhen: { op: "<", value: 8 },
      }),
      ruleOf({
        ...common,
        id: "by-the-clock",
        question: { kind: "expr", expr: `vector(time() % ${20 * unitS})` },
        unit: "",
        when: { op: ">=", value: 10 * unitS },
      }),
    ],
    randomRules: [
      rule("random", "random"),
      rule("random-wide", "random", { windowS: 10 * unitS, when: { op: ">", value: 30 } }),
      rule("random-held", "random", { forS: 4 * unitS }),
      rule("random-many", "random", { minRequests: 8 }),
    ],
    intervalMs: INTERVAL * unitMs,
    endMs: at(LENGTH),
  };
}
