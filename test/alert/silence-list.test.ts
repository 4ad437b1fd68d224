import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseMatcher } from "../../src/alert/alert-matcher.js";
import { silenceOf, silenceState } from "../../src/alert/silence.js";
import { type NewSilence, SilenceList } from "../../src/alert/silence-list.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import { transitionOf } from "../notify/transition-of.js";
import { FakeClock } from "./fake-clock.js";

const START_MS = Date.parse("2026-08-01T10:00:00Z");

let dataDir: string;
let journal: SqliteAlertJournal;
let clock: FakeClock;
let list: SilenceList;
let ends: number;
let logged: string[];

const open = async (): Promise<void> => {
  journal = await SqliteAlertJournal.open(dataDir, clock.now);
  list = await SilenceList.open({ journal, clock, onEnd: () => ends++, log: (line) => logged.push(line) });
};

const reopen = async (): Promise<void> => {
  list.stop();
  await journal.close();
  await open();
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-silences-"));
  clock = new FakeClock(START_MS);
  ends = 0;
  logged = [];
  await open();
});

afterEach(async () => {
  list.stop();
  await journal.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const inSeconds = (seconds: number): string => new Date(clock.now() + seconds * 1000).toISOString();

const silenceFor = (seconds: number, more: Partial<NewSilence> = {}): NewSilence => ({
  matchers: [parseMatcher("rule=very-low-success-rate")],
  author: "ann",
  reason: "deploy",
  ends_at: inSeconds(seconds),
  ...more,
});

const active = () => silenceOf(transitionOf(), list.all(), clock.now());

test("a silence holds from its start to its end, and its end is told once", async () => {
  const { id } = await list.add(silenceFor(300, { starts_at: inSeconds(100) }));
  expect(active()).toBeUndefined();
  await clock.pass(100);
  expect(active()?.id).toBe(id);
  await clock.pass(199);
  expect([active()?.id, ends]).toEqual([id, 0]);
  await clock.pass(1);
  expect([active(), ends]).toEqual([undefined, 1]);
  await clock.pass(600);
  expect(ends).toBe(1);
});

test("one that is expired ends now, which is told; again changes nothing", async () => {
  const { id } = await list.add(silenceFor(300));
  await clock.pass(10);
  const expired = await list.expire(id);
  expect(expired).toMatchObject({ id, ends_at: inSeconds(0) });
  expect([active(), ends]).toEqual([undefined, 1]);
  await clock.pass(10);
  expect(await list.expire(id)).toEqual(expired);
  expect(ends).toBe(1);
});

test("one that is expired before its start never holds", async () => {
  const { id } = await list.add(silenceFor(300, { starts_at: inSeconds(100) }));
  const expired = await list.expire(id);
  expect(expired?.starts_at).toBe(expired?.ends_at);
  await clock.pass(150);
  expect([active(), ends]).toEqual([undefined, 0]);
});

test("an unknown one cannot be expired", async () => {
  expect(await list.expire("0f")).toBeUndefined();
});

test("silences survive a restart, and a wall clock that is set is noticed within a minute", async () => {
  const silence = await list.add(silenceFor(7200));
  await reopen();
  expect(list.all()).toEqual([silence]);
  clock.jump(7200);
  await clock.pass(60);
  expect(ends).toBe(1);
});

test("of several that match, the one that ends last is named; of other alerts none", async () => {
  await list.add(silenceFor(100));
  const last = await list.add(silenceFor(200));
  await list.add(silenceFor(150));
  expect(active()?.id).toBe(last.id);
  expect(silenceOf(transitionOf({ rule: "other" }), list.all(), clock.now())).toBeUndefined();
});

test("all matchers of a silence must match", async () => {
  await list.add(silenceFor(100, { matchers: ["rule=very-low-success-rate", "model=b"].map(parseMatcher) }));
  expect(active()).toBeUndefined();
  expect(silenceOf(transitionOf({ labels: { model: "b" } }), list.all(), clock.now())).toBeDefined();
});

test("those that ended 90 days ago are forgotten", async () => {
  const old = await list.add(silenceFor(60));
  clock.jump(90 * 86_400 + 61);
  const fresh = await list.add(silenceFor(60));
  expect(silenceState(old, clock.now())).toBe("expired");
  expect((await journal.silences()).map(({ id }) => id)).toEqual([fresh.id]);
});

test("a stored silence whose expression is refused now keeps nobody quiet, and is told of", async () => {
  const sound = await list.add(silenceFor(60));
  const matchers = [{ name: "rule", op: "=~", value: "(?=.*a)(.*)\\1" } as const];
  const refused = { ...sound, id: "f".repeat(32), matchers };
  await journal.putSilence(refused, clock.now());
  await reopen();
  expect(list.all()).toEqual([sound]);
  expect(logged).toEqual([expect.stringMatching(/^The silence f{32} of ann is not used: rule=~.*without look-around/)]);
});

test("an expression that takes the language's own hours does not stop anybody", async () => {
  const value = `${".*".repeat(20)}x`;
  await list.add(silenceFor(60, { matchers: [{ name: "rule", op: "!~", value }] }));
  const transition = transitionOf({ rule: "very-low-success-rate-of-all" });
  expect(silenceOf(transition, list.all(), clock.now())).toBeDefined();
});
