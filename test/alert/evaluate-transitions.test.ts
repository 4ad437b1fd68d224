import { describe, expect, test } from "vitest";
import type { AlertTransition, TransitionReason } from "../../src/alert/alert-view.js";
import type { Rule } from "../../src/alert/rule.js";
import { ruleOf } from "./rule-of.js";
import { RuleRun } from "./rule-run.js";

/** The states of an alert in order; what happens; the rule's own parts; the answers; why each state was entered. */
type Row = [path: string, when: string, rule: Partial<Rule>, script: string, reasons: TransitionReason[]];

const HOLDS: Row[] = [
  ["inactive", "the condition never holds", {}, "good*5", []],
  ["inactive", "a value on the threshold is not beyond it", { when: { op: ">", value: 9 } }, "bad", []],
  ["inactive=>firing", "the condition holds once and for is 0", {}, "good bad", ["condition_true"]],
  ["inactive=>firing", "the condition holds on", {}, "bad*300", ["condition_true"]],
  ["inactive=>firing=>resolved", "the condition ends", {}, "bad good", ["condition_true", "condition_false"]],
  [
    "inactive=>firing=>resolved=>firing",
    "the condition comes back after the end",
    {},
    "bad good bad",
    ["condition_true", "condition_false", "condition_true"],
  ],
  [
    "inactive=>firing=>resolved=>firing=>resolved=>firing=>resolved",
    "flapping without for",
    {},
    "bad good bad good bad good",
    ["condition_true", "condition_false", "condition_true", "condition_false", "condition_true", "condition_false"],
  ],
];

const FOR: Row[] = [
  ["inactive=>pending", "for is not over", { forS: 30 }, "bad*2", ["condition_true"]],
  ["inactive=>pending=>firing", "for is over", { forS: 30 }, "bad*3", ["condition_true", "condition_held"]],
  [
    "inactive=>pending=>firing",
    "for is no multiple of the interval: the next evaluation after it",
    { forS: 20 },
    "bad*3",
    ["condition_true", "condition_held"],
  ],
  [
    "inactive=>pending=>firing=>resolved",
    "the condition ends after for",
    { forS: 30 },
    "bad*3 good",
    ["condition_true", "condition_held", "condition_false"],
  ],
  [
    "inactive=>pending=>inactive",
    "the condition ends before for",
    { forS: 30 },
    "bad*2 good",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>pending=>inactive=>pending",
    "for begins anew after the condition ended",
    { forS: 30 },
    "bad*2 good bad*2",
    ["condition_true", "condition_false", "condition_true"],
  ],
  [
    "inactive=>pending=>inactive=>pending=>inactive=>pending=>inactive",
    "flapping faster than for never fires",
    { forS: 30 },
    "bad*2 good bad*2 good bad*2 good",
    ["condition_true", "condition_false", "condition_true", "condition_false", "condition_true", "condition_false"],
  ],
];

const KEEP_FIRING_FOR: Row[] = [
  ["inactive=>firing", "it is not over", { keepFiringForS: 30 }, "bad good*2", ["condition_true"]],
  [
    "inactive=>firing=>resolved",
    "it is over",
    { keepFiringForS: 30 },
    "bad good*3",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>firing",
    "the condition comes back within it, and it begins anew",
    { keepFiringForS: 30 },
    "bad good*2 bad good*2",
    ["condition_true"],
  ],
  [
    "inactive=>firing=>resolved",
    "flapping faster than it is one alert",
    { keepFiringForS: 30 },
    "bad good bad good bad good*3",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>pending=>inactive",
    "a pending alert is not kept",
    { forS: 30, keepFiringForS: 30 },
    "bad good",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>firing",
    "errors within it do not count as over",
    { keepFiringForS: 30 },
    "bad good error*20 good",
    ["condition_true"],
  ],
  [
    "inactive=>firing",
    "no data within it does not count as over",
    { keepFiringForS: 30 },
    "bad good none*20 good",
    ["condition_true"],
  ],
];

const hysteresis = { resolveWhen: { op: "<", value: 4 } } as const;
const RESOLVE_WHEN: Row[] = [
  ["inactive=>firing", "it does not hold yet", hysteresis, "bad middling*20", ["condition_true"]],
  ["inactive=>firing=>resolved", "it holds", hysteresis, "bad middling good", ["condition_true", "condition_false"]],
  ["inactive", "a value between the two fires nothing", hysteresis, "middling*20", []],
  [
    "inactive=>pending=>inactive",
    "a pending alert ends as soon as when does not hold",
    { ...hysteresis, forS: 30 },
    "bad middling",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>firing",
    "a value between the two begins keep_firing_for anew",
    { ...hysteresis, keepFiringForS: 30 },
    "bad good*2 middling good*2",
    ["condition_true"],
  ],
  [
    "inactive=>firing=>resolved",
    "an alert about missing data ends with any value that is not bad",
    { ...hysteresis, noData: "alert", noDataForS: 30 },
    "good none*2 middling",
    ["no_data", "condition_false"],
  ],
];

const MIN_REQUESTS: Row[] = [
  ["inactive", "few are bad", { minRequests: 5 }, "fewbad*20", []],
  ["inactive=>firing", "just enough are bad", { minRequests: 4 }, "fewbad", ["condition_true"]],
  ["inactive=>firing", "few good ones say nothing", { minRequests: 5 }, "bad fewgood*20", ["condition_true"]],
  [
    "inactive=>firing=>resolved",
    "too few for no_data_for",
    { minRequests: 5, noDataForS: 30 },
    "bad fewbad*2",
    ["condition_true", "below_min_requests"],
  ],
  [
    "inactive=>pending=>inactive",
    "too few for no_data_for while pending",
    { minRequests: 5, forS: 60, noDataForS: 30 },
    "bad fewbad*2",
    ["condition_true", "below_min_requests"],
  ],
  [
    "inactive=>pending",
    "few bad ones do not count as held",
    { minRequests: 5, forS: 30 },
    "bad fewbad*20",
    ["condition_true"],
  ],
  [
    "inactive=>firing=>resolved",
    "with no_data: ok the condition does not hold",
    { minRequests: 5, noData: "ok" },
    "bad fewbad",
    ["condition_true", "below_min_requests"],
  ],
  [
    "inactive=>pending=>inactive",
    "with no_data: ok the condition does not hold while pending",
    { minRequests: 5, noData: "ok", forS: 30 },
    "bad fewbad",
    ["condition_true", "below_min_requests"],
  ],
];

const NO_DATA: Row[] = [
  ["inactive", "keep: there never was any", {}, "none*300", []],
  ["inactive=>firing", "keep: for less than no_data_for", {}, "bad none*239", ["condition_true"]],
  ["inactive=>firing=>resolved", "keep: for no_data_for", {}, "bad none*240", ["condition_true", "no_data_expired"]],
  [
    "inactive=>firing",
    "keep: data comes back before no_data_for, which begins anew",
    { noDataForS: 45 },
    "bad none*2 bad none*2",
    ["condition_true"],
  ],
  [
    "inactive=>pending=>inactive",
    "keep: for no_data_for while pending",
    { forS: 60, noDataForS: 30 },
    "bad none*2",
    ["condition_true", "no_data_expired"],
  ],
  [
    "inactive=>pending=>firing",
    "keep: within for it neither counts nor begins it anew",
    { forS: 30 },
    "bad*2 none*20 bad",
    ["condition_true", "condition_held"],
  ],
  ["inactive=>firing=>resolved", "ok: firing", { noData: "ok" }, "bad none", ["condition_true", "no_data"]],
  ["inactive=>pending=>inactive", "ok: pending", { noData: "ok", forS: 30 }, "bad none", ["condition_true", "no_data"]],
  [
    "inactive=>firing",
    "ok: within keep_firing_for",
    { noData: "ok", keepFiringForS: 30 },
    "bad none*2",
    ["condition_true"],
  ],
  ["inactive=>firing", "alert: for no_data_for", { noData: "alert", noDataForS: 30 }, "good none*2", ["no_data"]],
  ["inactive=>firing", "alert: there never was any", { noData: "alert", noDataForS: 30 }, "none*20", ["no_data"]],
  [
    "inactive",
    "alert: data comes back before no_data_for, which begins anew",
    { noData: "alert", noDataForS: 30 },
    "good none good none",
    [],
  ],
  [
    "inactive=>pending=>firing",
    "alert: pending",
    { noData: "alert", noDataForS: 30, forS: 60 },
    "bad none*2",
    ["condition_true", "no_data"],
  ],
  ["inactive=>firing", "alert: firing already", { noData: "alert", noDataForS: 30 }, "bad none*20", ["condition_true"]],
  [
    "inactive=>firing=>resolved",
    "alert: the data comes back good",
    { noData: "alert", noDataForS: 30 },
    "none*4 good",
    ["no_data", "condition_false"],
  ],
  [
    "inactive",
    "alert: few requests are data",
    { noData: "alert", noDataForS: 30, minRequests: 5 },
    "none fewbad none fewbad none",
    [],
  ],
  [
    "inactive=>pending",
    "alert: few requests are data while pending too",
    { noData: "alert", noDataForS: 60, minRequests: 5, forS: 60 },
    "bad fewbad*3 none",
    ["condition_true"],
  ],
];

const UNUSABLE: Row[] = [
  ["inactive", "errors fire nothing, not even no_data: alert", { noData: "alert" }, "error*300", []],
  ["inactive", "NaN fires nothing, not even no_data: alert", { noData: "alert" }, "nan*300", []],
  ["inactive", "an infinite value fires nothing", {}, "inf*5", []],
  ["inactive=>pending", "errors while pending", { forS: 30 }, "bad*2 error*300", ["condition_true"]],
  ["inactive=>pending", "NaN while pending", { forS: 30 }, "bad*2 nan*300", ["condition_true"]],
  ["inactive=>firing", "errors while firing", {}, "bad error*300", ["condition_true"]],
  ["inactive=>firing", "NaN while firing", {}, "bad nan*300", ["condition_true"]],
  ["inactive=>firing", "an infinity while firing", { when: { op: "<", value: 10 } }, "bad inf*300", ["condition_true"]],
  ["inactive=>firing", "errors do not count as no data", { noDataForS: 30 }, "bad none error*300", ["condition_true"]],
  [
    "inactive=>pending=>firing",
    "an error within for neither counts nor begins it anew",
    { forS: 30 },
    "bad*2 error bad",
    ["condition_true", "condition_held"],
  ],
  [
    "inactive=>firing=>resolved",
    "a good value after errors",
    {},
    "bad error*5 good",
    ["condition_true", "condition_false"],
  ],
];

const TIME: Row[] = [
  [
    "inactive=>pending",
    "an hour without evaluations counts as one interval",
    { forS: 60 },
    "bad +1h bad",
    ["condition_true"],
  ],
  ["inactive=>pending", "the clock goes an hour ahead", { forS: 60 }, "bad*2 +1h bad", ["condition_true"]],
  ["inactive=>pending", "the clock goes an hour back", { forS: 60 }, "bad*2 -1h bad", ["condition_true"]],
  ["inactive=>pending", "the machine sleeps for ten minutes", { forS: 60 }, "bad*2 +10m bad", ["condition_true"]],
  [
    "inactive=>pending=>firing",
    "the clock goes an hour back: the age is kept",
    { forS: 45 },
    "bad*3 -1h bad*2",
    ["condition_true", "condition_held"],
  ],
  [
    "inactive=>pending=>firing",
    "every second evaluation is missed: it takes as many",
    { forS: 30 },
    "bad +15s bad +15s bad",
    ["condition_true", "condition_held"],
  ],
  [
    "inactive=>pending",
    "evaluations out of turn count the time between them",
    { forS: 60 },
    "bad -14s bad -14s bad -14s bad -14s bad -14s bad",
    ["condition_true"],
  ],
  [
    "inactive=>firing",
    "keep_firing_for: an hour ahead",
    { keepFiringForS: 60 },
    "bad good +1h good",
    ["condition_true"],
  ],
  [
    "inactive=>firing",
    "keep_firing_for: an hour back",
    { keepFiringForS: 60 },
    "bad good -1h good",
    ["condition_true"],
  ],
  ["inactive=>firing", "no_data_for: an hour ahead", { noDataForS: 60 }, "bad none +1h none", ["condition_true"]],
  ["inactive=>firing", "no_data_for: an hour back", { noDataForS: 60 }, "bad none -1h none", ["condition_true"]],
  ["inactive", "no_data: alert, an hour ahead", { noData: "alert", noDataForS: 60 }, "good none +1h none", []],
];

const RULE_REMOVED: Row[] = [
  ["inactive", "an inactive alert just goes", { noData: "alert" }, "good removed", []],
  ["inactive=>pending=>inactive", "pending", { forS: 30 }, "bad removed", ["condition_true", "rule_removed"]],
  ["inactive=>firing=>resolved", "firing", {}, "bad removed", ["condition_true", "rule_removed"]],
];

const RESTART: Row[] = [
  ["inactive=>firing", "inactive", {}, "good restart bad", ["condition_true"]],
  [
    "inactive=>firing",
    "inactive, with an age of no data",
    { noData: "alert", noDataForS: 30 },
    "good none restart none",
    ["no_data"],
  ],
  [
    "inactive=>pending=>firing",
    "pending, with its age",
    { forS: 30 },
    "bad*2 restart bad",
    ["condition_true", "condition_held"],
  ],
  [
    "inactive=>pending",
    "pending: an hour down does not count as held",
    { forS: 60 },
    "bad*2 restart +1h bad",
    ["condition_true"],
  ],
  ["inactive=>firing=>resolved", "firing", {}, "bad restart good", ["condition_true", "condition_false"]],
  [
    "inactive=>firing=>resolved",
    "firing, with the age of keep_firing_for",
    { keepFiringForS: 30 },
    "bad good*2 restart good",
    ["condition_true", "condition_false"],
  ],
  [
    "inactive=>firing=>resolved",
    "firing, with the age of no data",
    { noDataForS: 30 },
    "bad none restart none",
    ["condition_true", "no_data_expired"],
  ],
  [
    "inactive=>firing=>resolved=>firing",
    "resolved",
    {},
    "bad good restart bad",
    ["condition_true", "condition_false", "condition_true"],
  ],
];

const TABLES: [name: string, rows: Row[]][] = [
  ["the condition", HOLDS],
  ["for", FOR],
  ["keep_firing_for", KEEP_FIRING_FOR],
  ["resolve_when", RESOLVE_WHEN],
  ["min_requests", MIN_REQUESTS],
  ["no data", NO_DATA],
  ["an answer that cannot be used", UNUSABLE],
  ["time", TIME],
  ["a rule that is removed", RULE_REMOVED],
  ["a restart", RESTART],
];

describe.each(TABLES)("%s", (_, rows) => {
  test.each(rows)("%s: %s", (path, _when, parts, script, reasons) => {
    const run = new RuleRun(ruleOf(parts)).play(script);
    expect(run.path()).toBe(path);
    expect(run.reasons).toEqual(reasons);
  });

  test.each(rows)("%s: %s, with a restart after every evaluation", (_path, _when, parts, script) => {
    const restarted = new RuleRun(ruleOf(parts));
    for (const word of script.replace(/(\S+)\*(\d+)/g, repeated).split(" ")) restarted.play(`${word} restart`);
    expect(restarted.transitions).toEqual(new RuleRun(ruleOf(parts)).play(script).transitions);
  });
});

function repeated(_: string, word: string, times: string): string {
  return Array(Number(times)).fill(word).join(" ");
}

test("the tables go over every edge there is, for every reason there is", () => {
  const transitions = TABLES.flatMap(([, rows]) =>
    rows.flatMap(([, , parts, script]) => new RuleRun(ruleOf(parts)).play(script).transitions),
  );
  expect(new Set(transitions.map(edge))).toEqual(
    new Set([
      "inactive=>pending condition_true",
      "inactive=>firing condition_true",
      "inactive=>firing no_data",
      "pending=>firing condition_held",
      "pending=>firing no_data",
      ...["condition_false", "no_data", "no_data_expired", "below_min_requests", "rule_removed"].flatMap((reason) => [
        `pending=>inactive ${reason}`,
        `firing=>resolved ${reason}`,
      ]),
    ]),
  );
});

function edge({ from, to, reason }: AlertTransition): string {
  return `${from}=>${to} ${reason}`;
}

describe("the alerts of a split", () => {
  const split = (parts: Partial<Rule> = {}) => new RuleRun(ruleOf({ by: ["model"], ...parts }));

  test("each has states of its own", () => {
    const run = split({ forS: 15 }).play("a=bad,b=good a=bad,b=bad a=good,b=bad");
    expect(run.path("a")).toBe("inactive=>pending=>firing=>resolved");
    expect(run.path("b")).toBe("inactive=>pending=>firing");
  });

  test("a new one is pending from its first bad value on", () => {
    const run = split({ forS: 30 }).play("a=bad*2 a=bad,b=bad a=bad,b=bad");
    expect(run.path("a")).toBe("inactive=>pending=>firing");
    expect(run.path("b")).toBe("inactive=>pending");
  });

  test.each<[string, Partial<Rule>, string, string]>([
    ["keep: is kept for no_data_for", { noDataForS: 30 }, "a=bad,b=bad b=bad", "inactive=>firing"],
    ["keep: ends after no_data_for", { noDataForS: 30 }, "a=bad,b=bad b=bad*2", "inactive=>firing=>resolved"],
    ["ok: ends at once", { noData: "ok" }, "a=bad,b=bad b=bad", "inactive=>firing=>resolved"],
    [
      "alert: fires after no_data_for, also when it was good",
      { noData: "alert", noDataForS: 30 },
      "a=good,b=good b=good*2",
      "inactive=>firing",
    ],
    ["alert: one never seen cannot be missed", { noData: "alert", noDataForS: 30 }, "b=good*20", "inactive"],
    ["comes back bad: goes on", { noDataForS: 30 }, "a=bad b=bad a=bad b=bad", "inactive=>firing"],
    ["an empty answer is no data for all", { noDataForS: 30 }, "a=bad none*2", "inactive=>firing=>resolved"],
    ["an error makes none vanish", { noDataForS: 30 }, "a=bad error*20", "inactive=>firing"],
  ])("one that vanishes, %s", (_, parts, script, path) => {
    expect(split(parts).play(script).path("a")).toBe(path);
  });

  test("one value that cannot be used keeps its own state; the others go on", () => {
    const run = split().play("a=bad,b=bad a=nan,b=good");
    expect(run.path("a")).toBe("inactive=>firing");
    expect(run.path("b")).toBe("inactive=>firing=>resolved");
  });

  test("all end when the rule is removed", () => {
    const run = split().play("a=bad,b=bad removed");
    expect(run.path("a")).toBe("inactive=>firing=>resolved");
    expect(run.path("b")).toBe("inactive=>firing=>resolved");
  });

  test("what is over is not kept", () => {
    expect(split().play("a=bad,b=good a=good").instances).toEqual([]);
  });
});

describe("an expr that compares by itself: a series is bad while it is in the answer", () => {
  const { when: _, ...compared } = ruleOf();
  const rule: Rule = { ...compared, question: { kind: "expr", expr: "up == 0" }, unit: "" };

  test.each<Row>([
    ["inactive", "nothing is in the answer", {}, "none*300", []],
    ["inactive", "nothing in the answer is no missing data", { noData: "alert", noDataForS: 30 }, "none*300", []],
    ["inactive=>firing", "whatever its value is", {}, "good*5", ["condition_true"]],
    ["inactive=>firing", "its value is no number", {}, "nan inf nan", ["condition_true"]],
    ["inactive=>pending=>firing", "for", { forS: 30 }, "good*3", ["condition_true", "condition_held"]],
    [
      "inactive=>pending=>inactive",
      "gone while pending",
      { forS: 30 },
      "bad none",
      ["condition_true", "condition_false"],
    ],
    ["inactive=>firing=>resolved", "gone while firing", {}, "bad none", ["condition_true", "condition_false"]],
    ["inactive=>firing", "gone within keep_firing_for", { keepFiringForS: 30 }, "bad none*2", ["condition_true"]],
    ["inactive=>firing", "errors while firing", {}, "bad error*300", ["condition_true"]],
  ])("%s: %s", (path, _when, parts, script, reasons) => {
    const run = new RuleRun({ ...rule, ...parts }).play(script);
    expect(run.path()).toBe(path);
    expect(run.reasons).toEqual(reasons);
  });
});

describe("an edited rule", () => {
  test("a shorter for fires a pending alert at its next bad value", () => {
    const run = new RuleRun(ruleOf({ forS: 600 })).play("bad*2");
    run.rule = ruleOf({ forS: 15 });
    expect(run.play("bad").path()).toBe("inactive=>pending=>firing");
  });

  test("a threshold out of reach resolves a firing alert", () => {
    const run = new RuleRun(ruleOf()).play("bad");
    run.rule = ruleOf({ when: { op: ">", value: 100 } });
    expect(run.play("bad").path()).toBe("inactive=>firing=>resolved");
  });

  test("no_data: alert turned off forgets what it waited for", () => {
    const run = new RuleRun(ruleOf({ noData: "alert", noDataForS: 30 })).play("good none");
    run.rule = ruleOf();
    expect(run.play("none*20").path()).toBe("inactive");
    expect(run.instances).toEqual([]);
  });
});
