import { expect, test } from "vitest";
import type { ModelFault } from "../../src/demo/model-server.js";
import { seededRandom } from "../../src/demo/seeded-random.js";
import { INCIDENT_AFTER_S, INCIDENT_MODEL, NEXT_INCIDENT_AFTER_S, runTraffic } from "../../src/demo/traffic.js";
import type { PlannedRequest } from "../../src/demo/traffic-plan.js";

/** Time that passes only when told to. */
class VirtualTime {
  #nowS = 0;
  readonly #waiting: { untilS: number; go: () => void }[] = [];

  pause = (seconds: number): Promise<void> =>
    new Promise((go) => {
      this.#waiting.push({ untilS: this.#nowS + seconds, go });
    });

  async pass(seconds: number): Promise<void> {
    const endS = this.#nowS + seconds;
    for (;;) {
      this.#waiting.sort((one, other) => one.untilS - other.untilS);
      const next = this.#waiting[0];
      if (next === undefined || next.untilS > endS) break;
      this.#waiting.shift();
      this.#nowS = next.untilS;
      next.go();
      await new Promise(setImmediate);
    }
    this.#nowS = endS;
  }

  wakeAll(): void {
    for (const { go } of this.#waiting.splice(0)) go();
  }
}

function watch({ answer, again = false }: { answer: () => Promise<unknown>; again?: boolean }) {
  const sent: PlannedRequest[] = [];
  const phases: string[] = [];
  const faults = new Map<string, ModelFault>();
  const stop = new AbortController();
  const time = new VirtualTime();
  stop.signal.addEventListener("abort", () => time.wakeAll());
  let ended = false;
  const traffic = runTraffic({
    send(request) {
      sent.push(request);
      return answer();
    },
    models: {
      setFault(model, fault) {
        if (fault === undefined) faults.delete(model);
        else faults.set(model, fault);
      },
    },
    random: seededRandom(1),
    pause: time.pause,
    stop: stop.signal,
    incident: (phase) => phases.push(phase),
    again,
  }).then(() => {
    ended = true;
  });
  return { time, sent, phases, faults, stop, traffic, hasEnded: () => ended };
}

test("about one request a second, then an incident that begins on time, ends, and is over", async () => {
  const { time, sent, phases, faults, stop, traffic } = watch({ answer: async () => "" });
  await time.pass(INCIDENT_AFTER_S - 1);
  expect(sent.length).toBeGreaterThan(INCIDENT_AFTER_S * 0.7);
  expect(sent.length).toBeLessThan(INCIDENT_AFTER_S * 1.4);
  expect(phases).toEqual([]);
  expect(faults.has(INCIDENT_MODEL)).toBe(false);

  await time.pass(10);
  expect(phases).toEqual(["begins"]);
  expect(faults.get(INCIDENT_MODEL)).toEqual({ kind: "rate_limit", retryAfterS: 1 });
  const during = sent.slice(-12);
  expect(during.filter(({ requestType }) => requestType === "summarise").length).toBeGreaterThan(6);

  await time.pass(60);
  expect(phases).toEqual(["begins", "ends"]);
  expect(faults.has(INCIDENT_MODEL)).toBe(false);
  await time.pass(2 * NEXT_INCIDENT_AFTER_S);
  expect(phases).toEqual(["begins", "ends"]);
  stop.abort();
  await traffic;
});

test("where incidents come again, the next one does after its pause, until it is stopped", async () => {
  const { time, phases, faults, stop, traffic } = watch({ answer: async () => "", again: true });
  await time.pass(INCIDENT_AFTER_S + 60);
  expect(phases).toEqual(["begins", "ends"]);
  await time.pass(NEXT_INCIDENT_AFTER_S);
  expect(phases).toEqual(["begins", "ends", "begins", "ends"]);
  await time.pass(NEXT_INCIDENT_AFTER_S - 10);
  expect(phases.at(-1)).toBe("begins");
  stop.abort();
  await traffic;
  expect(phases.at(-1)).toBe("begins");
  expect(faults.has(INCIDENT_MODEL)).toBe(false);
});

test("requests that fail change nothing, and stopping waits for those under way", async () => {
  let fail: (reason: Error) => void = () => {};
  const { time, sent, stop, traffic, hasEnded } = watch({
    answer: () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  });
  expect(sent.length).toBe(1);
  stop.abort();
  await time.pass(10);
  expect(hasEnded()).toBe(false);
  fail(new Error("stopped"));
  await traffic;
  expect(sent.length).toBe(1);
});

test("answers that never come do not pile up without end", async () => {
  const { time, sent } = watch({ answer: () => new Promise(() => {}) });
  await time.pass(120);
  expect(sent.length).toBe(20);
});
