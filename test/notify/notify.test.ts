import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertInstance } from "../../src/alert/alert-instance.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { defaultRules } from "../../src/alert/default-rules.js";
import { evaluateRule } from "../../src/alert/evaluate.js";
import type { Rule } from "../../src/alert/rule.js";
import type { Silence } from "../../src/alert/silence.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import type { Channel } from "../../src/notify/channel.js";
import { decide } from "../../src/notify/decide.js";
import { createNotify } from "../../src/notify/notify.js";
import { recordedChannel } from "./recorded-channel.js";
import { transitionOf } from "./transition-of.js";

const START_MS = Date.parse("2026-08-01T10:00:00Z");
const RULES = defaultRules().filter(({ id }) => id.endsWith("low-success-rate"));

let dataDir: string;
let journal: SqliteAlertJournal;
let sent: string[];
let logged: string[];
let instances: Map<string, AlertInstance[]>;
let atMs: number;
let silences: Silence[];

const channel = recordedChannel(({ rule, to }) => sent.push(`${rule} ${to}`));

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-notify-"));
  journal = await SqliteAlertJournal.open(dataDir);
  sent = [];
  logged = [];
  instances = new Map();
  atMs = START_MS;
  silences = [];
});

afterEach(async () => {
  await journal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Evaluates and records the two success-rate rules, then tells; as the evaluator does. */
async function successRate(value: number, channels: Channel[] = [channel], rules: readonly Rule[] = RULES) {
  atMs += 15_000;
  const transitions: AlertTransition[] = [];
  for (const rule of rules) {
    const sample = { labels: {}, value, count: 100 };
    const evaluation = evaluateRule(rule, instances.get(rule.id) ?? [], { samples: [sample] }, atMs);
    instances.set(rule.id, evaluation.instances);
    transitions.push(...evaluation.transitions);
  }
  await journal.record({ atMs, instances, transitions });
  await notify(channels, rules)(transitions, active());
}

const active = (): AlertTransition[] => [...instances.values()].flat().flatMap(({ entered }) => entered ?? []);

const notify = (channels: Channel[], rules: readonly Rule[] = RULES) =>
  createNotify({
    rules: () => rules,
    silences: () => silences,
    journal,
    channels,
    log: (line) => logged.push(line),
    now: () => atMs,
  });

const outcomes = async (): Promise<string[]> =>
  (await journal.history(10))
    .reverse()
    .map(({ rule, to, notification }) =>
      [rule, to, notification?.result, notification?.reason, notification?.inhibited_by].join(" ").trim(),
    );

describe("a critical alert inhibits its warning", () => {
  test("which is not sent, neither when it fires nor when it resolves, and is in the history with the reason", async () => {
    await successRate(71);
    await successRate(99);
    expect(sent).toEqual(["very-low-success-rate firing", "very-low-success-rate resolved"]);
    expect(await outcomes()).toEqual([
      "low-success-rate firing not_sent inhibited very-low-success-rate",
      "very-low-success-rate firing sent firing",
      "low-success-rate resolved not_sent firing_was_not_sent",
      "very-low-success-rate resolved sent resolved",
    ]);
  });

  test("until the critical one resolves and the warning fires on: then people hear of it, and of its end", async () => {
    await successRate(71);
    await successRate(93);
    await successRate(99);
    expect(sent).toEqual([
      "very-low-success-rate firing",
      "very-low-success-rate resolved",
      "low-success-rate firing",
      "low-success-rate resolved",
    ]);
    expect((await outcomes())[0]).toBe("low-success-rate firing sent no_longer_inhibited");
  });

  test("but a warning that people know of already resolves for them", async () => {
    await successRate(93);
    await successRate(71);
    await successRate(99);
    expect(sent).toEqual([
      "low-success-rate firing",
      "very-low-success-rate firing",
      "low-success-rate resolved",
      "very-low-success-rate resolved",
    ]);
  });

  test("and the history keeps when that was decided, whatever happens to others after", async () => {
    await successRate(71);
    const decided = await journal.history(2);
    atMs += 60_000;
    await notify([channel])([transitionOf({ id: "other", rule: "high-cost" })], active());
    expect(await journal.history(2)).toEqual(decided);
  });

  test("only while it fires, not while it is pending", async () => {
    const rules = RULES.map((rule) => (rule.severity === "critical" ? { ...rule, forS: 60 } : rule));
    await successRate(71, [channel], rules);
    expect(sent).toEqual(["low-success-rate firing"]);
  });
});

describe("a silence keeps an alert from people", () => {
  const silence = (parts: Partial<Silence> = {}): Silence => ({
    id: "51",
    matchers: [{ name: "rule", op: "=~", value: ".*low-success-rate" }],
    author: "ann",
    reason: "deploy",
    starts_at: new Date(START_MS).toISOString(),
    ends_at: new Date(START_MS + 3_600_000).toISOString(),
    created_at: new Date(START_MS).toISOString(),
    ...parts,
  });

  test("which is not sent, neither when it fires nor when it resolves, and the history names the silence", async () => {
    silences = [silence()];
    await successRate(93);
    await successRate(99);
    expect(sent).toEqual([]);
    expect(await outcomes()).toEqual([
      "low-success-rate firing not_sent silenced",
      "low-success-rate resolved not_sent firing_was_not_sent",
    ]);
    expect((await journal.history(2))[1]?.notification?.silenced_by).toBe("51");
  });

  test("until the silence ends and it fires on: then people hear of it, and of its end", async () => {
    silences = [silence()];
    await successRate(93);
    atMs = START_MS + 3_600_000;
    await notify([channel])([], active());
    expect(sent).toEqual(["low-success-rate firing"]);
    expect((await outcomes())[0]).toBe("low-success-rate firing sent no_longer_silenced");
    await successRate(99);
    expect(sent).toEqual(["low-success-rate firing", "low-success-rate resolved"]);
  });

  test("but the end of what people know of already is told", async () => {
    await successRate(93);
    silences = [silence()];
    await successRate(99);
    expect(sent).toEqual(["low-success-rate firing", "low-success-rate resolved"]);
  });

  test("and one that is inhibited first, then silenced, waits for both to end", async () => {
    await successRate(71);
    silences = [silence({ matchers: [{ name: "rule", op: "=", value: "low-success-rate" }] })];
    await successRate(93);
    expect((await outcomes())[0]).toBe("low-success-rate firing not_sent silenced");
    silences = [];
    await notify([channel])([], active());
    expect(sent.at(-1)).toBe("low-success-rate firing");
  });

  test("of a silence for something else nothing is kept back", async () => {
    silences = [silence({ matchers: [{ name: "model", op: "=", value: "a" }] })];
    await successRate(93);
    expect(sent).toEqual(["low-success-rate firing"]);
  });
});

test("a warning about another model is not inhibited", () => {
  const warning = (model: string) => transitionOf({ rule: "low-success-rate", labels: { model } });
  const critical = transitionOf({ labels: { model: "a" } });
  const among = (active: AlertTransition) => ({ active: [active], rules: RULES, silences, atMs });
  expect(decide(warning("a"), among(critical), undefined)).toMatchObject({ send: false, reason: "inhibited" });
  expect(decide(warning("b"), among(critical), undefined)).toEqual({ send: true, reason: "firing" });
  expect(decide(warning("b"), among(transitionOf()), undefined)).toMatchObject({ send: false });
});

test("pending alerts and their end are told to nobody", async () => {
  const rules = RULES.map((rule) => ({ ...rule, forS: 60 }));
  await successRate(71, [channel], rules);
  await successRate(99, [channel], rules);
  expect(sent).toEqual([]);
  expect((await journal.history(10)).map(({ to }) => to)).toEqual(["inactive", "inactive", "pending", "pending"]);
});

test("a channel that fails keeps no other from its message, and is in the history and the log", async () => {
  const broken = recordedChannel(() => Promise.reject(new Error("connection refused")), "broken");
  await successRate(93, [broken, channel]);
  expect(sent).toEqual(["low-success-rate firing"]);
  expect((await journal.history(1))[0]?.notification).toEqual({
    result: "partly_sent",
    reason: "firing",
    errors: { broken: "connection refused" },
    at: "2026-08-01T10:00:15.000Z",
  });
  expect(logged).toEqual(["Alert low-success-rate (firing) did not arrive at broken: connection refused"]);

  await successRate(99, [broken]);
  expect((await journal.history(1))[0]?.notification?.result).toBe("failed");
});

test("a transition whose sending was not recorded is sent again, with the same id", async () => {
  const ids: string[] = [];
  const killed = recordedChannel(({ id }) => {
    ids.push(id);
    return ids.length === 1 ? new Promise(() => {}) : undefined;
  });
  void successRate(93, [killed]);
  await expect.poll(() => ids.length).toBe(1);
  await notify([killed])(await journal.undecided(), active());
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(await journal.undecided()).toEqual([]);
});
