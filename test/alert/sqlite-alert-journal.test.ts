import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertInstance } from "../../src/alert/alert-instance.js";
import { JournalHeldError } from "../../src/alert/alert-journal.js";
import type { AlertTransition } from "../../src/alert/alert-view.js";
import { type Evaluation, evaluateRule } from "../../src/alert/evaluate.js";
import type { Rule } from "../../src/alert/rule.js";
import { SqliteAlertJournal } from "../../src/alert/sqlite-alert-journal.js";
import { loadSqlite } from "../../src/store/sqlite.js";
import { ruleOf } from "./rule-of.js";

const { DatabaseSync } = await loadSqlite();
const START_MS = Date.parse("2026-08-01T10:00:00Z");
const DAY_MS = 86_400_000;

let dataDir: string;
let journal: SqliteAlertJournal | undefined;

const open = async (now?: () => number): Promise<SqliteAlertJournal> => {
  journal = await SqliteAlertJournal.open(dataDir, now);
  return journal;
};

const reopen = async (): Promise<SqliteAlertJournal> => {
  await journal?.close();
  return open();
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-journal-"));
});

afterEach(async () => {
  await journal?.close();
  journal = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

function evaluate(rule: Rule, instances: AlertInstance[], value: number, atMs: number): Evaluation {
  return evaluateRule(rule, instances, { samples: [{ labels: {}, value, count: 10 }] }, atMs);
}

async function record(to: SqliteAlertJournal, rule: Rule, values: number[], startMs = START_MS) {
  let instances = (await to.instances()).filter((instance) => instance.rule === rule.id);
  const transitions: AlertTransition[] = [];
  for (const [index, value] of values.entries()) {
    const atMs = startMs + index * 15_000;
    const evaluation = evaluate(rule, instances, value, atMs);
    instances = evaluation.instances;
    transitions.push(...evaluation.transitions);
    await to.record({ atMs, instances: new Map([[rule.id, instances]]), transitions: evaluation.transitions });
  }
  return { instances, transitions };
}

test("state, pending age and history are the same after a restart", async () => {
  const rule = ruleOf({ forS: 60 });
  const { instances, transitions } = await record(await open(), rule, [9, 9, 9]);
  expect(instances).toMatchObject([{ state: "pending", heldMs: 30_000 }]);

  const restarted = await reopen();
  expect(await restarted.instances()).toEqual(instances);
  expect(await restarted.history(10)).toEqual(transitions);
});

test("an alert that ended is no longer there, other rules' alerts are", async () => {
  await record(await open(), ruleOf({ id: "other" }), [9]);
  await record(journal as SqliteAlertJournal, ruleOf(), [9, 1]);
  expect((await (await reopen()).instances()).map(({ rule }) => rule)).toEqual(["other"]);
});

test("history is newest first, and no longer than asked for", async () => {
  const { transitions } = await record(await open(), ruleOf(), [9, 1, 9, 1]);
  const newest = [...transitions].reverse();
  expect(await journal?.history(10)).toEqual(newest);
  expect(await journal?.history(2)).toEqual(newest.slice(0, 2));
});

test("what became of a transition is kept; what nobody decided about is found after a restart", async () => {
  const { transitions } = await record(await open(), ruleOf({ forS: 15 }), [9, 9, 1]);
  const [, firing, resolved] = transitions;
  const notification = { result: "sent", reason: "firing", at: "2026-08-01T10:00:30.000Z" } as const;
  await journal?.recordNotify({ notifications: new Map([[firing?.id ?? "", notification]]) });

  const restarted = await reopen();
  expect(await restarted.notification(firing?.id ?? "")).toEqual(notification);
  expect(await restarted.notification(resolved?.id ?? "")).toBeUndefined();
  expect(await restarted.undecided()).toEqual([resolved]);
  expect((await restarted.history(10)).map((transition) => transition.notification)).toEqual([
    undefined,
    notification,
    undefined,
  ]);
});

test("a change that is recorded twice is in the history once", async () => {
  const rule = ruleOf();
  const { instances, transitions } = evaluate(rule, [], 9, START_MS);
  const evaluation = { atMs: START_MS, instances: new Map([[rule.id, instances]]), transitions };
  await (await open()).record(evaluation);
  await journal?.record(evaluation);
  expect(await journal?.history(10)).toEqual(transitions);
});

test("an evaluation is recorded as a whole or not at all", async () => {
  const { instances } = await record(await open(), ruleOf(), [9]);
  const twice = [instances[0], instances[0]] as AlertInstance[];
  const { transitions } = evaluate(ruleOf(), instances, 1, START_MS + 15_000);
  const broken = { atMs: START_MS, instances: new Map([["slow", twice]]), transitions };
  await expect(journal?.record(broken)).rejects.toThrow(/UNIQUE/);
  expect(await journal?.instances()).toEqual(instances);
  expect(await journal?.history(10)).toHaveLength(1);
});

test("transitions are kept for 90 days", async () => {
  await record(await open(), ruleOf(), [9, 1]);
  await record(journal as SqliteAlertJournal, ruleOf(), [9], START_MS + 90 * DAY_MS);
  expect((await journal?.history(10))?.map(({ to }) => to)).toEqual(["firing", "resolved", "firing"]);
  await record(journal as SqliteAlertJournal, ruleOf(), [1], START_MS + 90 * DAY_MS + 15_001);
  expect((await journal?.history(10))?.map(({ to }) => to)).toEqual(["resolved", "firing"]);
});

test("transitions of what fires on are kept for longer", async () => {
  const { transitions } = await record(await open(), ruleOf({ id: "lasting" }), [9]);
  await record(journal as SqliteAlertJournal, ruleOf(), [9], START_MS + 100 * DAY_MS);
  expect((await journal?.history(10))?.map(({ id }) => id)).toContain(transitions[0]?.id);
});

test("pages of the history follow each other without a gap, whatever is added meanwhile", async () => {
  const { transitions } = await record(await open(), ruleOf(), [9, 1, 9, 1, 9]);
  const ids = transitions.map(({ id }) => id).reverse();
  const first = await journal?.historyPage({ limit: 2 });
  await record(journal as SqliteAlertJournal, ruleOf(), [1], START_MS + DAY_MS);
  const second = await journal?.historyPage({ limit: 2, before: first?.next ?? 0 });
  const third = await journal?.historyPage({ limit: 2, before: second?.next ?? 0 });
  expect([first, second, third].map((page) => page?.transitions.map(({ id }) => id))).toEqual([
    ids.slice(0, 2),
    ids.slice(2, 4),
    ids.slice(4),
  ]);
  expect(third?.next).toBeUndefined();
});

test("the history can be asked by rule, severity and time", async () => {
  await record(await open(), ruleOf({ id: "a" }), [9, 1]);
  await record(journal as SqliteAlertJournal, ruleOf({ id: "b", severity: "critical" }), [9], START_MS + 60_000);
  const asked = async (filter: object): Promise<string[] | undefined> =>
    (await journal?.historyPage({ limit: 10, ...filter }))?.transitions.map(({ rule, to }) => `${rule} ${to}`);
  expect(await asked({ rule: "a" })).toEqual(["a resolved", "a firing"]);
  expect(await asked({ severity: "critical" })).toEqual(["b firing"]);
  expect(await asked({ fromMs: START_MS + 15_000, toMs: START_MS + 60_000 })).toEqual(["a resolved"]);
  expect(await asked({ rule: "a", severity: "critical" })).toEqual([]);
});

test("an alert of a rule in PromQL, with labels of its own, survives a restart", async () => {
  const rule = { ...ruleOf(), question: { kind: "expr", expr: "up == 0" } } as const;
  const labels = { job: "node", instance: "a:9100" };
  const { instances } = evaluateRule(rule, [], { samples: [{ labels, value: 9, count: 1 }] }, START_MS);
  await (await open()).record({ atMs: START_MS, instances: new Map([[rule.id, instances]]), transitions: [] });
  const restarted = await reopen();
  expect(restarted.setAside).toBeUndefined();
  expect(await restarted.instances()).toEqual(instances);
});

test("a journal of version 1 keeps its alerts and history, and takes silences and acknowledgements", async () => {
  const { instances, transitions } = await record(await open(), ruleOf(), [9]);
  await journal?.close();
  const database = new DatabaseSync(join(dataDir, "alerts.db"));
  database.exec(
    "DROP TABLE notify_group; DROP TABLE outbox; DROP TABLE receiver_attempt; DROP TABLE silence; ALTER TABLE alert_transition DROP COLUMN acknowledgement; PRAGMA user_version = 1",
  );
  database.close();

  const migrated = await open();
  expect(migrated.setAside).toBeUndefined();
  expect(await migrated.instances()).toEqual(instances);
  expect(await migrated.history(10)).toEqual(transitions);
  const acknowledged = { author: "ann", comment: "on it", at: "2026-08-01T10:01:00.000Z" };
  const silence = {
    id: "0f",
    matchers: [{ name: "rule", op: "=", value: "slow" }],
    author: "ann",
    reason: "deploy",
    starts_at: "2026-08-01T10:00:00.000Z",
    ends_at: "2026-08-01T12:00:00.000Z",
    created_at: "2026-08-01T10:00:00.000Z",
  } as const;
  await migrated.recordAcknowledgement(transitions[0]?.id ?? "", acknowledged);
  await migrated.putSilence(silence, START_MS);

  const again = await reopen();
  expect(await again.silences()).toEqual([silence]);
  expect(await again.history(10)).toEqual(transitions.map((transition) => ({ ...transition, acknowledged })));
});

test("groups, messages and attempts are kept by key, messages in the order in which they came", async () => {
  const to = await open();
  const notification = { result: "waiting", reason: "firing", at: "2026-08-01T10:00:00.000Z" } as const;
  const { transitions } = await record(to, ruleOf(), [9]);
  const id = transitions[0]?.id ?? "";
  const keep = (bodies: Record<string, string | undefined>) => new Map(Object.entries(bodies));
  await to.recordNotify({ groups: keep({ g: '"group"' }), outbox: keep({ b: '"first"', a: '"second"' }) });
  await to.recordNotify({ attempts: keep({ oncall: '"failed"', finance: '"sent"' }) });
  await to.recordNotify({ attempts: keep({ oncall: '"sent"' }) });
  await to.recordNotify({ outbox: keep({ c: '"third"', b: '"first again"', a: undefined }) });
  const broken = { groups: keep({ g: undefined }), notifications: new Map([[id, notification]]) };
  await expect(to.recordNotify({ ...broken, outbox: new Map([["d", Symbol() as never]]) })).rejects.toThrow();

  const restarted = await reopen();
  expect(await restarted.notifyState()).toEqual({
    groups: ['"group"'],
    outbox: ['"first again"', '"third"'],
    attempts: keep({ oncall: '"sent"', finance: '"sent"' }),
  });
  expect(await restarted.undecided()).toHaveLength(1);
  await restarted.recordNotify(broken);
  expect(await restarted.notifyState()).toMatchObject({ groups: [] });
  expect(await restarted.notification(id)).toEqual(notification);
});

test("a journal of version 2 keeps what was decided, and takes groups and messages", async () => {
  const { transitions } = await record(await open(), ruleOf(), [9]);
  await journal?.close();
  const database = new DatabaseSync(join(dataDir, "alerts.db"));
  database.exec("DROP TABLE notify_group; DROP TABLE outbox; DROP TABLE receiver_attempt; PRAGMA user_version = 2");
  database.close();

  const migrated = await open();
  expect(migrated.setAside).toBeUndefined();
  expect(await migrated.history(10)).toEqual(transitions);
  await migrated.recordNotify({ outbox: new Map([["m", "{}"]]) });
  expect(await (await reopen()).notifyState()).toEqual({ groups: [], outbox: ["{}"], attempts: new Map() });
});

test("others can read it while an evaluator has it", async () => {
  await open();
  await record(journal as SqliteAlertJournal, ruleOf(), [9]);
  const reader = new DatabaseSync(join(dataDir, "alerts.db"), { readOnly: true });
  expect(reader.prepare("SELECT to_state FROM alert_transition").all()).toEqual([{ to_state: "firing" }]);
  reader.close();
});

describe("a damaged journal is set aside, and a new one begun", () => {
  const now = (): number => START_MS;

  async function damaged(damage: (path: string) => void): Promise<SqliteAlertJournal> {
    await record(await open(), ruleOf(), [9]);
    await journal?.close();
    journal = undefined;
    damage(join(dataDir, "alerts.db"));
    return open(now);
  }

  const overwrite = (path: string, from: number, bytes: Buffer): void => {
    const content = readFileSync(path);
    bytes.copy(content, from);
    writeFileSync(path, content);
  };

  test.each<[string, (path: string) => void]>([
    ["cut in the middle", (path) => truncateSync(path, 6000)],
    ["overwritten at its begin", (path) => overwrite(path, 0, Buffer.alloc(100, 0x5a))],
    ["overwritten in its pages", (path) => overwrite(path, 4096, Buffer.alloc(8192, 0xff))],
    [
      "with a bit flipped in an alert's state",
      (path) => {
        const at = readFileSync(path).indexOf('"state":"firing"');
        overwrite(path, at + 9, Buffer.from("g"));
      },
    ],
    [
      "with a bit flipped in the history",
      (path) => {
        const at = readFileSync(path).lastIndexOf('{"id":"');
        overwrite(path, at, Buffer.from("z"));
      },
    ],
    [
      "with an index that does not fit its table",
      (path) => {
        const database = new DatabaseSync(path);
        const sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'alert_transition_at'";
        const { rootpage } = database.prepare(sql).get();
        const { page_size: pageSize } = database.prepare("PRAGMA page_size").get();
        database.close();
        // An empty index page: nothing reads wrong, but the rows are not in it.
        overwrite(path, (rootpage - 1) * pageSize, Buffer.from([0x0a, 0, 0, 0, 0, 0x10, 0, 0]));
      },
    ],
  ])("%s", async (_, damage) => {
    const fresh = await damaged(damage);
    expect(fresh.setAside).toBe(join(dataDir, "alerts.db.damaged-2026-08-01T10-00-00.000Z"));
    expect(readdirSync(dataDir)).toContain("alerts.db.damaged-2026-08-01T10-00-00.000Z");
    expect(await fresh.instances()).toEqual([]);
    expect(await fresh.history(10)).toEqual([]);
    await record(fresh, ruleOf(), [9]);
    expect(await fresh.history(10)).toHaveLength(1);
  });

  test("a sound one is not", async () => {
    const same = await damaged(() => {});
    expect(same.setAside).toBeUndefined();
    expect(await same.history(10)).toHaveLength(1);
  });

  test("nor is one of a newer Chainwatch, which is refused", async () => {
    await (await open()).close();
    journal = undefined;
    const database = new DatabaseSync(join(dataDir, "alerts.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(open()).rejects.toThrow(/version 99.*newer/);
    expect(readdirSync(dataDir).filter((name) => name.includes("damaged"))).toEqual([]);
  });

  test("a damaged lock file does not keep the journal closed", async () => {
    writeFileSync(join(dataDir, "alerts.db-lock"), Buffer.alloc(4096, 0x5a));
    await expect(open()).resolves.toBeDefined();
  });
});

describe("one evaluator at a time", () => {
  test("a second in the same process is refused, until the first closes", async () => {
    await open(() => START_MS);
    const second = SqliteAlertJournal.open(dataDir);
    await expect(second).rejects.toThrow(JournalHeldError);
    await expect(second).rejects.toThrow(`process ${process.pid} on ${hostname()} since 2026-08-01T10:00:00.000Z`);
    await expect(reopen()).resolves.toBeDefined();
  });

  test("a second process is refused and told who has it; a killed holder leaves no lock and loses nothing", async () => {
    const { child, firingId } = await holderProcess();
    try {
      await expect(open()).rejects.toThrow(new RegExp(`in use by process ${child.pid} on ${hostname()} since 20`));
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const taken = await open();
    expect(taken.setAside).toBeUndefined();
    expect((await taken.history(10)).map(({ id }) => id)).toEqual([firingId]);
  });

  /** A process of its own, of the built package, that has recorded a firing alert and holds the journal. */
  async function holderProcess(): Promise<{ child: ChildProcess; firingId: string }> {
    const built = new URL("../../dist/esm/alert/", import.meta.url).href;
    const evaluation = evaluate(ruleOf(), [], 9, START_MS);
    const program = `
      import { SqliteAlertJournal } from "${built}sqlite-alert-journal.js";
      const journal = await SqliteAlertJournal.open(${JSON.stringify(dataDir)});
      const { instances, transitions } = ${JSON.stringify(evaluation)};
      await journal.record({ atMs: ${START_MS}, instances: new Map([["slow", instances]]), transitions });
      console.log("ready");
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error("the holder ended"))),
    ]);
    return { child, firingId: evaluation.transitions[0]?.id ?? "" };
  }
});
