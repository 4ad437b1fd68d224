import { afterEach, describe, expect, test } from "vitest";
import type { Channel } from "../../src/notify/channel.js";
import type { Delivery } from "../../src/notify/delivery.js";
import type { Notification } from "../../src/notify/notification.js";
import { ruleOf } from "../alert/rule-of.js";
import { NotifyRun, saidBy } from "./notify-run.js";

const RULES = ["a", "b", "c"].map((id) => ruleOf({ id }));
const BAD = 9;
const GOOD = 1;
const AWAY: Delivery = { delivered: false, retry: true, message: "connection refused" };

let run: NotifyRun;
/** Every attempt, also those that failed. */
let attempts: { atS: number; id: string; said: string }[];

async function begin(
  answer: (notification: Notification) => Delivery | Promise<Delivery>,
  parts: Partial<Channel> = {},
): Promise<void> {
  run = new NotifyRun(RULES, []);
  attempts = [];
  const noted = (notification: Notification): Delivery | Promise<Delivery> => {
    const atS = (run.clock.now() - Date.parse("2026-08-01T10:00:00Z")) / 1000;
    attempts.push({ atS, id: notification.id, said: saidBy(notification) });
    return answer(notification);
  };
  run.receivers = [run.channel("oncall", noted, parts)];
  await run.start();
}

afterEach(async () => {
  await run.stop();
  run.remove();
});

describe("an attempt that failed", () => {
  test("is made again later and later, with the same id, and the history counts", async () => {
    await begin(() => (attempts.length < 5 ? AWAY : { delivered: true }));
    await run.evaluate({ a: BAD });
    expect((await run.journal.history(1))[0]?.notification).toMatchObject({
      result: "waiting",
      receivers: { oncall: { result: "waiting", failures: 1, error: "connection refused" } },
    });
    await run.pass(60);
    expect(attempts.map(({ atS }) => atS)).toEqual([0, 1, 3, 7, 15]);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect((await run.journal.history(1))[0]?.notification).toMatchObject({ result: "sent" });
    expect(run.logged).toEqual([
      "oncall: alert a (firing) did not arrive, and is sent again: connection refused",
      "oncall: alert a (firing) arrived, after 4 failed attempts",
    ]);
  });

  test("waits as long as the service asks for", async () => {
    await begin(() => (attempts.length === 1 ? { ...AWAY, retryAfterMs: 120_000 } : { delivered: true }));
    await run.evaluate({ a: BAD });
    await run.pass(120);
    expect(attempts).toHaveLength(1);
    await run.pass(1);
    expect(attempts).toHaveLength(2);
  });

  test("that the service refuses for good is not made again", async () => {
    const cure = { en: "the token is wrong", zh: "令牌错误" };
    await begin(() => ({ delivered: false, retry: false, message: "401 invalid", cure }));
    await run.evaluate({ a: BAD });
    await run.pass(3600);
    expect(attempts).toHaveLength(1);
    const error = "401 invalid → the token is wrong";
    expect((await run.journal.history(1))[0]?.notification).toMatchObject({
      result: "failed",
      receivers: { oncall: { result: "failed", error } },
    });
    expect(run.logged).toEqual([`oncall: alert a (firing) did not arrive, and is given up: ${error}`]);
  });

  test("that the service refuses for good is made again once the receiver has other settings, with the value of then", async () => {
    await begin(() => ({ delivered: false, retry: false, message: "401 invalid" }));
    await run.evaluate({ a: BAD, b: BAD });
    await run.pass(60);
    await run.evaluate({ a: BAD + 1, b: GOOD });
    expect(attempts).toHaveLength(2);
    run.receivers = [run.channel("oncall")];
    await run.tellAgain();
    expect(run.told()).toEqual(["60s oncall: a firing"]);
    expect(run.arrivals[0]?.notification.alerts).toMatchObject([{ value: BAD + 1 }]);
    expect(await run.outcomes()).toEqual([
      "a firing sent firing",
      "b firing failed firing",
      "b resolved not_sent firing_was_not_sent",
    ]);
    await run.evaluate({ a: GOOD });
    expect(run.told().slice(1)).toEqual(["60s oncall: a resolved"]);
  });

  test("that is refused while the receiver gets other settings is made again with those", async () => {
    await begin(() => {
      run.receivers = [run.channel("oncall")];
      return { delivered: false, retry: false, message: "401 invalid" };
    });
    await run.evaluate({ a: BAD });
    await run.pass(10);
    expect(run.told()).toEqual(["1s oncall: a firing"]);
  });

  test("that the service refuses for good is made again by the next process, once", async () => {
    await begin(() => ({ delivered: false, retry: false, message: "401 invalid" }));
    await run.evaluate({ a: BAD });
    await run.pass(60);
    await run.restart();
    await run.pass(60);
    await run.tellAgain();
    expect(attempts.map(({ said }) => said)).toEqual(["a firing", "a firing"]);
    expect((await run.journal.history(1))[0]?.notification).toMatchObject({ result: "failed" });
  });

  test("that arrived is not made again with other settings", async () => {
    await begin(() => ({ delivered: true }));
    await run.evaluate({ a: BAD });
    run.receivers = [run.channel("oncall")];
    await run.tellAgain();
    await run.restart();
    expect(run.told()).toEqual(["0s oncall: a firing"]);
  });

  test("of a channel that throws, or never answers, is one that failed", async () => {
    await begin(() => {
      if (attempts.length === 1) throw new Error("broken");
      return attempts.length === 2 ? new Promise<never>(() => {}) : { delivered: true };
    });
    await run.evaluate({ a: BAD });
    await run.pass(60);
    expect(attempts.map(({ atS }) => atS)).toEqual([0, 1, 33]);
    expect(run.told()).toEqual(["33s oncall: a firing"]);
  });
});

test("a receiver that never answers delays no other", async () => {
  await begin(() => new Promise<never>(() => {}));
  run.receivers.push(run.channel("chat"));
  await run.evaluate({ a: BAD });
  await run.pass(15);
  await run.evaluate({ a: GOOD });
  expect(run.told()).toEqual(["0s chat: a firing", "15s chat: a resolved"]);
});

describe("after an outage", () => {
  const ENDS_S = 600;
  const isOver = (): boolean => run.clock.now() >= Date.parse("2026-08-01T10:00:00Z") + ENDS_S * 1000;

  async function muchHappens(): Promise<void> {
    await run.evaluate({ a: BAD, b: BAD });
    await run.pass(60);
    await run.evaluate({ b: GOOD, c: BAD });
    await run.pass(60);
    await run.evaluate({ c: GOOD });
    await run.pass(60);
    await run.evaluate({ c: BAD });
    await run.pass(ENDS_S);
  }

  test("what waits is one message: each alert as it is by then", async () => {
    await begin(() => (isOver() ? { delivered: true } : AWAY));
    await muchHappens();
    expect(run.arrivals.map(({ notification }) => saidBy(notification))).toEqual([
      "a firing",
      "c firing, b resolved (for 5)",
    ]);
    expect((await run.outcomes()).map((line) => line.split(" ")[2])).toEqual(Array(6).fill("sent"));
    await run.evaluate({ a: GOOD, c: GOOD });
    expect(
      run
        .told()
        .slice(2)
        .map((line) => line.split(": ")[1]),
    ).toEqual(["a resolved", "c resolved"]);
  });

  test("or one for each group, where the receiver keeps something for each", async () => {
    await begin(() => (isOver() ? { delivered: true } : AWAY), { keepsGroupsApart: true });
    await muchHappens();
    expect(run.arrivals.map(({ notification }) => saidBy(notification))).toEqual([
      "a firing",
      "b resolved (for 2)",
      "c firing (for 3)",
    ]);
    const groupIds = run.arrivals.map(({ notification }) => notification.groupId);
    expect(new Set(groupIds).size).toBe(3);
  });

  test("of days, what is older than a day is not news any more", async () => {
    await begin(() => AWAY);
    await run.evaluate({ a: BAD });
    await run.pass(25 * 3600);
    expect(run.logged.at(-1)).toBe("oncall: alert a (firing) did not arrive, and is given up: not delivered within 1d");
    expect((await run.journal.history(1))[0]?.notification?.result).toBe("failed");
  });

  test("repeats do not pile up", async () => {
    await begin(() => AWAY);
    await run.evaluate({ a: BAD });
    await run.pass(20 * 3600);
    expect((await run.journal.notifyState()).outbox).toHaveLength(1);
  });
});

test("the end of what did not arrive is not sent, also when it waits already", async () => {
  let refuse = (_: Delivery): void => {};
  await begin(() => new Promise<Delivery>((resolve) => (refuse = resolve)));
  await run.evaluate({ a: BAD });
  await run.evaluate({ a: GOOD });
  refuse({ delivered: false, retry: false, message: "404" });
  await run.pass(60);
  expect(attempts.map(({ said }) => said)).toEqual(["a firing"]);
  expect(await run.outcomes()).toEqual(["a firing failed firing", "a resolved not_sent firing_was_not_sent"]);
});

describe("a process that is killed", () => {
  test("before it decided: the next one decides", async () => {
    await begin(() => ({ delivered: true }));
    await run.record({ a: BAD });
    await run.kill();
    expect(run.told()).toEqual(["0s oncall: a firing"]);
    await run.kill();
    expect(run.told()).toHaveLength(1);
  });

  test("before it sent: the next one sends, with the same id", async () => {
    await begin(() => (attempts.length < 3 ? AWAY : { delivered: true }));
    await run.evaluate({ a: BAD });
    await run.kill();
    await run.pass(60);
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
    expect(run.told()).toEqual(["3s oncall: a firing"]);
  });

  test("after it sent and before it recorded that: the next one sends once more, with the same id", async () => {
    let answer = (_: Delivery): void => {};
    await begin(() =>
      attempts.length === 1 ? new Promise<Delivery>((resolve) => (answer = resolve)) : { delivered: true },
    );
    await run.evaluate({ a: BAD });
    await run.kill();
    answer({ delivered: true });
    await run.kill();
    expect(attempts.map(({ id }) => id)).toEqual([attempts[0]?.id, attempts[0]?.id]);
  });

  test("with a firing and its end that nobody decided about: both are told, in order", async () => {
    await begin(() => ({ delivered: true }));
    await run.record({ a: BAD });
    await run.pass(15);
    await run.record({ a: GOOD });
    await run.kill();
    expect(run.told()).toEqual(["15s oncall: a firing", "15s oncall: a resolved"]);
  });

  test("knows after its restart who was told, and when to say it again", async () => {
    await begin(() => ({ delivered: true }));
    await run.evaluate({ a: BAD });
    await run.restart();
    await run.pass(4 * 3600 - 6);
    expect(run.told()).toHaveLength(1);
    await run.pass(1);
    expect(run.told().at(-1)).toBe("14400s oncall: a firing (again)");
    await run.restart();
    await run.evaluate({ a: GOOD });
    expect(run.told().at(-1)).toContain("a resolved");
  });
});

describe("a journal that cannot be written", () => {
  const broken = (): Promise<never> => Promise.reject(new Error("disk full"));

  test("when it is decided: told once it can be written again", async () => {
    await begin(() => ({ delivered: true }));
    const write = run.journal.recordNotify.bind(run.journal);
    run.journal.recordNotify = broken;
    await expect(run.evaluate({ a: BAD })).rejects.toThrow("disk full");
    expect(attempts).toEqual([]);
    run.journal.recordNotify = write;
    await run.tellAgain();
    expect(run.told()).toEqual(["0s oncall: a firing"]);
  });

  test("when it was sent: it is not sent a second time", async () => {
    await begin(() => {
      run.journal.recordNotify = broken;
      return { delivered: true };
    });
    const write = run.journal.recordNotify.bind(run.journal);
    await run.evaluate({ a: BAD });
    await run.pass(60);
    run.journal.recordNotify = write;
    await run.pass(120);
    expect(attempts).toHaveLength(1);
    expect(await run.outcomes()).toEqual(["a firing sent firing"]);
  });
});
