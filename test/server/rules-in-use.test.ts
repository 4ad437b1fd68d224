import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createNoopMeter } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Rule } from "../../src/alert/rule.js";
import { loadConfig } from "../../src/server/load-config.js";
import { RulesInUse } from "../../src/server/rules-in-use.js";
import { ruleOf } from "../alert/rule-of.js";
import { call, json, runningServer, temporaryFolder } from "./running-server.js";

const GOOD = "rules:\n  - { id: own, indicator: cost.total, when: '> 1 USD' }\n";
const CHANGED = "rules:\n  - { id: own, indicator: cost.total, when: '> 2 USD' }\n";
const BAD = "rules:\n  - { id: own, indicator: cost.totl, when: '> 1 USD' }\n";

let path: string;
let inUse: RulesInUse;
let replaced: (readonly Rule[])[];
let logged: string[];

const own = (rules: readonly Rule[] | undefined) => rules?.find(({ id }) => id === "own")?.when?.value;

beforeEach(() => {
  path = join(temporaryFolder(), "chainwatch.yaml");
  writeFileSync(path, GOOD);
  replaced = [];
  logged = [];
  const load = () => loadConfig(path, {});
  inUse = new RulesInUse({
    ...load(),
    language: "en",
    meter: createNoopMeter(),
    file: { path, load },
    log: (line) => logged.push(line),
  });
  inUse.watch(async (rules) => void replaced.push(rules));
});

afterEach(() => inUse.stop());

describe("a rules file that changes is read again", () => {
  test.each<[string, () => void]>([
    ["written in place", () => writeFileSync(path, CHANGED)],
    [
      "another file in its place, as editors save",
      () => {
        writeFileSync(`${path}.tmp`, CHANGED);
        renameSync(`${path}.tmp`, path);
      },
    ],
    [
      "taken away for a moment",
      () => {
        rmSync(path);
        writeFileSync(path, CHANGED);
      },
    ],
    [
      "a link that leads elsewhere, as Kubernetes does it",
      () => {
        writeFileSync(`${path}.2`, CHANGED);
        symlinkSync(`${path}.2`, `${path}.link`);
        renameSync(`${path}.link`, path);
      },
    ],
    [
      "written in several steps",
      () => {
        writeFileSync(path, "rules:\n  - { id: own");
        writeFileSync(path, CHANGED);
      },
    ],
  ])("%s", async (_, change) => {
    change();
    await expect.poll(() => replaced.length).toBe(1);
    expect([own(replaced[0]), own(inUse.rules)]).toEqual([2, 2]);
    expect(logged).toEqual([`Rules: ${path} was read again: 7 rules`]);
  });

  test("again at SIGHUP, also when it is the same", async () => {
    process.kill(process.pid, "SIGHUP");
    await expect.poll(() => replaced.length).toBe(1);
  });
});

test("a bad file is refused with its error, and the rules from before stay until it is mended", async () => {
  const before = inUse.view().file?.loaded_at;
  writeFileSync(path, BAD);
  await expect
    .poll(() => inUse.view().file?.error?.message)
    .toMatch(/chainwatch\.yaml:2:.*did you mean "cost\.total"/s);
  expect([replaced, own(inUse.rules), inUse.view().file?.loaded_at]).toEqual([[], 1, before]);
  expect(logged).toEqual([expect.stringMatching(/is refused; the rules from before stay: .*cost\.totl/s)]);

  const { first, since } = inUse.view().file?.error ?? {};
  expect(first).toMatch(/^\S*chainwatch\.yaml:2:.*cost\.totl/);

  rmSync(path);
  await expect.poll(() => inUse.view().file?.error?.message).toMatch(/a rules file that can be read/);
  expect(inUse.view().file?.error?.since).toBe(since);
  expect(own(inUse.rules)).toBe(1);

  writeFileSync(path, CHANGED);
  await expect.poll(() => replaced.length).toBe(1);
  expect(inUse.view().file).toEqual({ path, loaded_at: expect.not.stringMatching(before ?? "") });
});

test("rules that cannot be taken over are refused", async () => {
  await inUse.stop();
  inUse.watch(() => Promise.reject(new Error("disk full")));
  writeFileSync(path, CHANGED);
  await expect.poll(() => inUse.view().file?.error?.message).toBe("disk full");
  expect(own(inUse.rules)).toBe(1);
});

test("a running server evaluates the new rules, with their inhibits, and shows the file's state", async () => {
  const file = { path, load: () => loadConfig(path, {}) };
  const server = await runningServer({ rules: [ruleOf()], rulesFile: file, log: () => {} });
  writeFileSync(path, CHANGED);
  await expect.poll(async () => (await json(server, "/api/alerts")).rules.length).toBe(7);
  expect(await json(server, "/api/rules")).toMatchObject({ rules: { length: 7 }, file: { path } });
  writeFileSync(path, BAD);
  await expect.poll(async () => (await json(server, "/api/rules")).file.error?.message).toMatch(/cost\.totl/);
  expect((await json(server, "/api/alerts")).rules).toHaveLength(7);
  expect((await call(server, "/readyz")).status).toBe(200);

  const { rules_file: shown } = await json(server, "/api/status");
  expect(shown).toMatchObject({
    path,
    error: { first: expect.stringMatching(/:2:.*cost\.totl/), since: shown.error.at },
  });
  const loadedAtS = Date.parse(shown.loaded_at) / 1000;
  const metrics = async () => (await call(server, "/metrics")).body;
  expect(await metrics()).toContain("chainwatch_config_last_reload_successful 0\n");
  expect(await metrics()).toContain(`chainwatch_config_last_reload_success_timestamp_seconds ${loadedAtS}\n`);
  writeFileSync(path, GOOD);
  await expect.poll(metrics).toContain("chainwatch_config_last_reload_successful 1\n");
});
