import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_ROUTE } from "../../src/notify/route.js";
import { ruleOf } from "../alert/rule-of.js";
import { NotifyRun, saidBy } from "./notify-run.js";

const RULES = ["a", "b"].map((id) => ruleOf({ id, labels: { service: "shop" } }));
const BAD = 9;
const GOOD = 1;

let run: NotifyRun;

async function begin(): Promise<void> {
  run = new NotifyRun(RULES);
  await run.start();
}

afterEach(async () => {
  await run.stop();
  run.remove();
});

const GROUPED = { ...DEFAULT_ROUTE, groupBy: ["service"], waitS: 1, repeatS: 3600 };

describe("what fires on", () => {
  test("is told again after four hours, with its value of then", async () => {
    await begin();
    await run.evaluate({ a: BAD });
    await run.pass(14_390);
    await run.evaluate({ a: 12 });
    await run.pass(10);
    expect(run.told()).toEqual(["0s oncall: a firing", "14400s oncall: a firing (again)"]);
    expect(run.arrivals[1]?.notification.alerts).toMatchObject([{ value: 12 }]);
    const [first, again] = run.arrivals.map(({ notification }) => notification);
    expect(again?.groupId).toBe(first?.groupId);
    expect(again?.id).not.toBe(first?.id);
  });

  test("is not told again once somebody takes care of it, but its end is told", async () => {
    await begin();
    await run.evaluate({ a: BAD });
    await run.acknowledge("a");
    await run.pass(24 * 3600);
    await run.evaluate({ a: GOOD });
    expect(run.told()).toEqual(["0s oncall: a firing", "86400s oncall: a resolved"]);
  });

  test("is told again without those of its group that somebody takes care of", async () => {
    await begin();
    run.route = GROUPED;
    await run.evaluate({ a: BAD, b: BAD });
    await run.acknowledge("a");
    await run.pass(3601);
    expect(run.told()).toEqual(["1s oncall: a firing, b firing", "3601s oncall: b firing (again)"]);
  });

  test("is not told again under a silence", async () => {
    await begin();
    await run.evaluate({ a: BAD });
    run.silences = [run.silence("a", 0, 5 * 3600)];
    await run.pass(6 * 3600);
    expect(run.told()).toEqual(["0s oncall: a firing"]);
    await run.pass(2 * 3600);
    expect(run.told().at(-1)).toBe("28800s oncall: a firing (again)");
  });

  test("is told on and on to who forgets it otherwise, whatever people did about it", async () => {
    await begin();
    run.receivers.push(run.channel("alertmanager", undefined, { forgetsAfterS: 60 }));
    await run.evaluate({ a: BAD });
    await run.acknowledge("a");
    run.silences = [run.silence("a", 0, 3600)];
    await run.pass(180);
    await run.evaluate({ a: GOOD });
    expect(run.told()).toEqual([
      "0s oncall: a firing",
      "0s alertmanager: a firing",
      "60s alertmanager: a firing (again)",
      "120s alertmanager: a firing (again)",
      "180s alertmanager: a firing (again)",
      "180s oncall: a resolved",
      "180s alertmanager: a resolved",
    ]);
  });
});

describe("an alert that keeps changing", () => {
  async function flap(times: number): Promise<void> {
    for (let change = 0; change < times; change++) {
      await run.evaluate({ a: change % 2 === 0 ? BAD : GOOD });
      await run.pass(60);
    }
  }

  test("is named as flapping when it fires for the third time, and then told no more until it is calm", async () => {
    await begin();
    await flap(10);
    expect(run.told()).toEqual([
      "0s oncall: a firing",
      "60s oncall: a resolved",
      "120s oncall: a firing",
      "180s oncall: a resolved",
      "240s oncall: a flapping, firing",
    ]);
    expect((await run.outcomes()).slice(4)).toEqual([
      "a firing sent firing",
      "a resolved not_sent flapping",
      "a firing not_sent flapping",
      "a resolved not_sent flapping",
      "a firing not_sent flapping",
      "a resolved not_sent flapping",
    ]);
    // The third change from the end, at 420 s, counts for a quarter of an hour.
    await run.pass(900);
    expect(run.told().slice(5)).toEqual(["1320s oncall: a resolved"]);
    expect((await run.outcomes()).at(-1)).toBe("a resolved sent resolved");
  });

  test("also after a restart", async () => {
    await begin();
    await flap(6);
    await run.restart();
    await run.evaluate({ a: BAD });
    expect(run.told()).toHaveLength(5);
    await run.pass(3600);
    expect(run.told().slice(5)).toEqual([expect.stringMatching(/^\d+s oncall: a firing$/)]);
  });

  test("keeps no other back", async () => {
    await begin();
    await flap(6);
    await run.evaluate({ b: BAD });
    expect(run.told().at(-1)).toBe("360s oncall: b firing");
  });
});

test("of a group, what fires is first, the most severe before the others", async () => {
  run = new NotifyRun([...RULES, ruleOf({ id: "k", severity: "critical", labels: { service: "shop" } })]);
  run.route = { ...GROUPED, intervalS: 10 };
  await run.start();
  await run.evaluate({ a: BAD });
  await run.pass(2);
  await run.evaluate({ a: GOOD, b: BAD, k: BAD });
  await run.pass(20);
  expect(run.arrivals.map(({ notification }) => saidBy(notification))).toEqual([
    "a firing",
    "k firing, b firing, a resolved",
  ]);
  expect(run.arrivals[0]?.notification.groupLabels).toEqual({ service: "shop" });
});

test("groups that ended are not kept for ever", async () => {
  await begin();
  await run.evaluate({ a: BAD });
  await run.evaluate({ a: GOOD });
  await run.pass(3600);
  expect(await run.journal.notifyState()).toMatchObject({ groups: [], outbox: [] });
});
