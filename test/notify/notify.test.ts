import { afterEach, describe, expect, test } from "vitest";
import { defaultRules } from "../../src/alert/default-rules.js";
import type { Rule } from "../../src/alert/rule.js";
import { DEFAULT_ROUTE } from "../../src/notify/route.js";
import { ruleOf } from "../alert/rule-of.js";
import { NotifyRun } from "./notify-run.js";

const RULES = defaultRules().filter(({ id }) => id.endsWith("low-success-rate"));

let run: NotifyRun;

async function begin(rules: readonly Rule[] = RULES, receivers?: string[]): Promise<void> {
  run = new NotifyRun(rules, receivers);
  await run.start();
}

afterEach(async () => {
  await run.stop();
  run.remove();
});

/** Both rules on the success rate are evaluated, 15 s after what was before. */
async function successRate(value: number): Promise<void> {
  await run.pass(15);
  await run.evaluate(Object.fromEntries(RULES.map(({ id }) => [id, value])));
}

describe("a critical alert inhibits its warning", () => {
  test("which is not sent, neither when it fires nor when it resolves, and is in the history with the reason", async () => {
    await begin();
    await successRate(71);
    await successRate(99);
    expect(run.told()).toEqual([
      "15s oncall: very-low-success-rate firing",
      "30s oncall: very-low-success-rate resolved",
    ]);
    expect(await run.outcomes()).toEqual([
      "low-success-rate firing not_sent inhibited very-low-success-rate",
      "very-low-success-rate firing sent firing",
      "low-success-rate resolved not_sent firing_was_not_sent",
      "very-low-success-rate resolved sent resolved",
    ]);
  });

  test("and when the critical one resolves, it is told only if it is found again, with its value of then", async () => {
    await begin();
    await successRate(71);
    await successRate(93);
    expect(run.told().at(-1)).toBe("30s oncall: very-low-success-rate resolved");
    await successRate(94);
    expect(run.told().at(-1)).toBe("45s oncall: low-success-rate firing");
    expect(run.arrivals.at(-1)?.notification.alerts).toMatchObject([{ value: 94 }]);
    expect((await run.outcomes())[0]).toBe("low-success-rate firing sent no_longer_inhibited");
    await successRate(99);
    expect(run.told().at(-1)).toBe("60s oncall: low-success-rate resolved");
  });

  test("and not at all when it resolves right after the critical one", async () => {
    await begin();
    await successRate(71);
    await successRate(93);
    await successRate(99);
    await run.pass(3600);
    expect(run.told()).toEqual([
      "15s oncall: very-low-success-rate firing",
      "30s oncall: very-low-success-rate resolved",
    ]);
  });

  test("but a warning that people know of already resolves for them", async () => {
    await begin();
    await successRate(93);
    await successRate(71);
    await successRate(99);
    expect(run.told()).toEqual([
      "15s oncall: low-success-rate firing",
      "30s oncall: very-low-success-rate firing",
      "45s oncall: low-success-rate resolved",
      "45s oncall: very-low-success-rate resolved",
    ]);
  });

  test("and the history keeps when that was decided, whatever happens after", async () => {
    await begin();
    await successRate(71);
    const decided = await run.journal.history(2);
    await successRate(70);
    expect(await run.journal.history(2)).toEqual(decided);
  });

  test("only while it fires, not while it is pending", async () => {
    await begin(RULES.map((rule) => (rule.severity === "critical" ? { ...rule, forS: 60 } : rule)));
    await successRate(71);
    expect(run.told()).toEqual(["15s oncall: low-success-rate firing"]);
  });

  test("but not one about another model", async () => {
    const byModel = { ...RULES[0]?.question, by: ["model"] } as Rule["question"];
    await begin(RULES.map((rule) => ({ ...rule, question: byModel })));
    const sample = (model: string, value: number) => ({ labels: { model }, value, count: 100 });
    await run.evaluate({
      "low-success-rate": [sample("a", 71), sample("b", 93)],
      "very-low-success-rate": [sample("a", 71), sample("b", 93)],
    });
    expect(run.told()).toEqual([
      '0s oncall: low-success-rate[["model","b"]] firing',
      '0s oncall: very-low-success-rate[["model","a"]] firing',
    ]);
  });
});

describe("what a rule is narrowed to", () => {
  const of = (id: string, service: string, parts = {}): Rule => ruleOf({ id, where: { service }, ...parts });

  test("is what routes and silences match, and what alerts are told together by", async () => {
    await begin([of("bot", "checkout-bot"), of("bot-2", "checkout-bot"), of("search", "search"), of("quiet", "chat")]);
    run.receivers.push(run.channel("team"));
    run.silences = [{ ...run.silence("any", 0, 3600), matchers: [{ name: "service", op: "=", value: "chat" }] }];
    const matchers = [{ name: "service", op: "=", value: "checkout-bot" }] as const;
    const team = { ...DEFAULT_ROUTE, receivers: ["team"], groupBy: ["service"], matchers };
    run.route = { ...DEFAULT_ROUTE, receivers: ["oncall"], routes: [team] };
    await run.evaluate({ bot: 9, "bot-2": 9, search: 9, quiet: 9 });
    expect(run.told().sort()).toEqual(["0s oncall: search firing", "0s team: bot firing, bot-2 firing"]);
    expect((await run.outcomes()).at(-1)).toBe("quiet firing not_sent silenced");
  });

  test("keeps an alert from inhibiting those about something else", async () => {
    const byService = ruleOf({ id: "slow", by: ["service"] });
    await begin([of("dead", "search", { severity: "critical", inhibits: ["slow"] }), byService]);
    const sample = (service: string) => ({ labels: { service }, value: 9, count: 100 });
    await run.evaluate({ dead: 9, slow: [sample("search"), sample("shop")] });
    expect(run.told()).toEqual(["0s oncall: dead firing", '0s oncall: slow[["service","shop"]] firing']);
  });
});

describe("a silence keeps an alert from people", () => {
  test("which is not sent, neither when it fires nor when it resolves, and the history names the silence", async () => {
    await begin();
    run.silences = [run.silence("low-success-rate", 0, 3600)];
    await successRate(93);
    await successRate(99);
    expect(run.told()).toEqual([]);
    expect(await run.outcomes()).toEqual([
      "low-success-rate firing not_sent silenced",
      "low-success-rate resolved not_sent firing_was_not_sent",
    ]);
    expect((await run.journal.history(2))[1]?.notification?.silenced_by).toBe("silence of low-success-rate");
  });

  test("until the silence ends and it is found again: then people hear of it, and of its end", async () => {
    await begin();
    run.silences = [run.silence("low-success-rate", 0, 20)];
    await successRate(93);
    await run.pass(5);
    await run.tellAgain();
    expect(run.told()).toEqual([]);
    await successRate(92);
    expect(run.told()).toEqual(["35s oncall: low-success-rate firing"]);
    expect((await run.outcomes())[0]).toBe("low-success-rate firing sent no_longer_silenced");
    await successRate(99);
    expect(run.told().at(-1)).toBe("50s oncall: low-success-rate resolved");
  });

  test("but the end of what people know of already is told", async () => {
    await begin();
    await successRate(93);
    run.silences = [run.silence("low-success-rate", 0, 3600)];
    await successRate(99);
    expect(run.told()).toEqual(["15s oncall: low-success-rate firing", "30s oncall: low-success-rate resolved"]);
  });

  test("and one that is inhibited first, then silenced, waits for both to end", async () => {
    await begin();
    await successRate(71);
    run.silences = [run.silence("low-success-rate", 0, 50)];
    await successRate(93);
    await successRate(93);
    expect((await run.outcomes())[0]).toBe("low-success-rate firing not_sent silenced");
    await successRate(93);
    await successRate(93);
    expect(run.told().at(-1)).toBe("75s oncall: low-success-rate firing");
  });
});

describe("what is announced to a receiver", () => {
  test("is not pending alerts and their end", async () => {
    await begin(RULES.map((rule) => ({ ...rule, forS: 60 })));
    await successRate(71);
    await successRate(99);
    expect(run.told()).toEqual([]);
    expect((await run.journal.history(10)).map(({ to }) => to)).toEqual(["inactive", "inactive", "pending", "pending"]);
  });

  test("is the end only of what it took: one that refused the firing is not sent its end", async () => {
    await begin();
    const refused = { delivered: false, retry: false, message: "401 invalid token" } as const;
    let answers = 0;
    run.receivers.push(run.channel("chat", () => (answers++ === 0 ? refused : { delivered: true })));
    await successRate(93);
    expect((await run.journal.history(1))[0]?.notification).toEqual({
      result: "partly_sent",
      reason: "firing",
      receivers: {
        oncall: { result: "sent", at: "2026-08-01T10:00:15.000Z" },
        chat: { result: "failed", failures: 1, error: "401 invalid token", at: "2026-08-01T10:00:15.000Z" },
      },
      at: "2026-08-01T10:00:15.000Z",
    });
    expect(run.logged).toEqual([
      "chat: alert low-success-rate (firing) did not arrive, and is given up: 401 invalid token",
    ]);
    await successRate(99);
    await run.pass(3600);
    expect(run.told()).toEqual(["15s oncall: low-success-rate firing", "30s oncall: low-success-rate resolved"]);
    expect(answers).toBe(1);
    expect(await run.outcomes()).toEqual([
      "low-success-rate firing partly_sent firing",
      "low-success-rate resolved sent resolved",
    ]);
  });

  test("is said again when it did not take it, where it fires on", async () => {
    await begin();
    let answers = 0;
    const answer = () =>
      answers++ === 0 ? ({ delivered: false, retry: false, message: "404" } as const) : ({ delivered: true } as const);
    run.receivers = [run.channel("chat", answer)];
    await successRate(93);
    await run.pass(4 * 3600);
    await successRate(99);
    expect(run.told()).toEqual([
      "14415s chat: low-success-rate firing (again)",
      "14430s chat: low-success-rate resolved",
    ]);
  });

  test("the console hears of everything, whatever the routes say", async () => {
    await begin(RULES, ["oncall"]);
    run.channels.push(run.channel("console"));
    run.route = undefined;
    await run.restart();
    await successRate(93);
    expect(run.told().map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "console: low-success-rate firing",
      "oncall: low-success-rate firing",
    ]);
  });

  test("nobody is left to tell: the history says so", async () => {
    await begin(RULES, []);
    await successRate(93);
    await successRate(99);
    expect(await run.outcomes()).toEqual([
      "low-success-rate firing not_sent no_receiver",
      "low-success-rate resolved not_sent firing_was_not_sent",
    ]);
  });

  test("a receiver that is added while an alert fires hears of it, and the others not again", async () => {
    await begin();
    await successRate(93);
    run.receivers.push(run.channel("late"));
    await run.tellAgain();
    expect(run.told()).toEqual(["15s oncall: low-success-rate firing", "15s late: low-success-rate firing"]);
  });
});
