import { afterEach, expect, test } from "vitest";
import type { Delivery } from "../../src/notify/delivery.js";
import type { Notification } from "../../src/notify/notification.js";
import { ruleOf } from "../alert/rule-of.js";
import { NotifyRun, saidBy } from "./notify-run.js";

const RULES = ["a", "b"].map((id) => ruleOf({ id }));
const BAD = 9;
const GOOD = 1;
const AWAY: Delivery = { delivered: false, retry: true, message: "connection refused" };
const REFUSED: Delivery = { delivered: false, retry: false, message: "400 no" };

let run: NotifyRun;
/** Every attempt, also those that failed. */
let attempts: { id: string; said: string }[];

/** `pager` takes acknowledgements, `chat` does not. */
async function begin(
  answer: (notification: Notification) => Delivery | Promise<Delivery> = () => ({ delivered: true }),
) {
  run = new NotifyRun(RULES, []);
  attempts = [];
  const noted = (notification: Notification): Delivery | Promise<Delivery> => {
    attempts.push({ id: notification.id, said: saidBy(notification) });
    return answer(notification);
  };
  const pager = run.channel("pager", noted, { takesAcknowledgements: true, keepsGroupsApart: true });
  run.receivers = [pager, run.channel("chat")];
  await run.start();
}

const said = (): string[] => attempts.map((attempt) => attempt.said);

afterEach(async () => {
  await run.stop();
  run.remove();
});

test("an acknowledgement is told at once, once, and only to who takes it", async () => {
  await begin();
  await run.evaluate({ a: BAD, b: BAD });
  await run.pass(60);
  await run.acknowledge("a");
  expect(run.told().slice(4)).toEqual(["60s pager: a firing (acknowledged)"]);
  expect(run.arrivals.at(-1)?.notification.alerts).toMatchObject([{ known: true, acknowledged: { author: "ann" } }]);
  await run.acknowledge("a");
  await run.pass(3600);
  expect(run.told()).toHaveLength(5);
  expect((await run.outcomes())[0]).toBe("a firing sent firing");
  await run.evaluate({ a: GOOD });
  expect(run.told().slice(5)).toEqual(["3660s pager: a resolved", "3660s chat: a resolved"]);
});

test("it is told with its own id, behind the alert itself when that has not arrived yet", async () => {
  let isAway = true;
  await begin(() => (isAway ? AWAY : { delivered: true }));
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  isAway = false;
  await run.pass(10);
  const arrived = run.arrivals.filter(({ receiver }) => receiver === "pager");
  expect(arrived.map(({ notification }) => saidBy(notification))).toEqual(["a firing", "a firing (acknowledged)"]);
  expect(new Set(arrived.map(({ notification }) => notification.id)).size).toBe(2);
});

test("a summary of an alert and its acknowledgement says that the alert is new", async () => {
  let isAway = true;
  await begin(() => (isAway ? AWAY : { delivered: true }));
  run.route = {
    ...{ receivers: undefined, groupBy: [], waitS: 0, intervalS: 0, repeatS: 3600, matchers: [], continue: false },
    routes: [],
  };
  await run.evaluate({ a: BAD });
  await run.evaluate({ b: BAD });
  await run.acknowledge("b");
  await run.pass(60);
  isAway = false;
  await run.pass(60);
  const { notification } = run.arrivals.filter(({ receiver }) => receiver === "pager").at(-1) ?? {};
  expect(notification?.summarises).toBe(2);
  const b = notification?.alerts.find(({ rule }) => rule === "b");
  expect(b).toMatchObject({ acknowledged: { author: "ann" } });
  expect(b).not.toHaveProperty("known");
});

test("of an alert that was refused, nobody is told that somebody takes care of it", async () => {
  await begin(() => REFUSED);
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  await run.pass(60);
  expect(said()).toEqual(["a firing"]);
});

test("nor when the alert is refused only after that", async () => {
  await begin(() => (attempts.length === 1 ? AWAY : REFUSED));
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  await run.pass(60);
  expect(said()).toEqual(["a firing", "a firing"]);
});

test("an acknowledgement that is refused changes nothing about the alert: its end is told", async () => {
  await begin(({ acknowledgement }) => (acknowledgement ? REFUSED : { delivered: true }));
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  expect((await run.outcomes())[0]).toBe("a firing sent firing");
  await run.evaluate({ a: GOOD });
  expect(said()).toEqual(["a firing", "a firing (acknowledged)", "a resolved"]);
  expect(run.logged).toEqual(["pager: alert a (acknowledged) did not arrive, and is given up: 400 no"]);
});

test("nor is the end lost that waits behind one that is refused", async () => {
  await begin(({ acknowledgement }) => {
    if (!acknowledgement) return { delivered: true };
    return attempts.length === 2 ? AWAY : REFUSED;
  });
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  await run.evaluate({ a: GOOD });
  await run.pass(10);
  const waited = ["a firing (acknowledged)", "a firing (acknowledged)"];
  expect(said()).toEqual(["a firing", ...waited, "a resolved"]);
});

test("it does not put off when it is said again what others have not acknowledged", async () => {
  await begin();
  run.route = {
    ...{ receivers: ["pager"], groupBy: [], waitS: 0, intervalS: 0, repeatS: 3600, matchers: [], continue: false },
    routes: [],
  };
  await run.evaluate({ a: BAD, b: BAD });
  await run.pass(1800);
  await run.acknowledge("a");
  await run.pass(1800);
  expect(said()).toEqual(["a firing, b firing", "a firing, b firing (acknowledged)", "b firing (again)"]);
});

test("a process that is killed while it is sent sends it again with the same id", async () => {
  await begin(({ acknowledgement }) =>
    acknowledgement && attempts.length === 2 ? new Promise(() => {}) : { delivered: true },
  );
  await run.evaluate({ a: BAD });
  await run.acknowledge("a");
  await run.kill();
  expect(said()).toEqual(["a firing", "a firing (acknowledged)", "a firing (acknowledged)"]);
  expect(attempts[2]?.id).toBe(attempts[1]?.id);
  await run.restart();
  expect(attempts).toHaveLength(3);
});

test("a process that is killed right after somebody took care tells it when it is back", async () => {
  await begin();
  await run.evaluate({ a: BAD });
  run.journal.recordNotify = () => new Promise<never>(() => {});
  void run.acknowledge("a");
  await run.clock.pass(0);
  expect(said()).toEqual(["a firing"]);
  await run.kill();
  expect(said()).toEqual(["a firing", "a firing (acknowledged)"]);
});
