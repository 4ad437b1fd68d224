import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimDemoFolder } from "../../src/demo/demo-folder.js";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "chainwatch-demo-"));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

test("the first demo gets .chainwatch/demo", () => {
  expect(claimDemoFolder(join(parent, ".chainwatch"))).toBe(join(parent, ".chainwatch/demo"));
});

test("an earlier demo's data is gone", async () => {
  const ended = spawn(process.execPath, ["-e", ""]);
  await once(ended, "exit");
  mkdirSync(join(parent, "demo"));
  writeFileSync(join(parent, "demo/demo.pid"), String(ended.pid));
  writeFileSync(join(parent, "demo/telemetry.db"), "old");
  expect(claimDemoFolder(parent)).toBe(join(parent, "demo"));
  expect(existsSync(join(parent, "demo/telemetry.db"))).toBe(false);
});

test("a demo that is running keeps its data: the next one gets a folder of its own", () => {
  const first = claimDemoFolder(parent);
  writeFileSync(join(first, "telemetry.db"), "in use");
  expect(claimDemoFolder(parent)).toBe(join(parent, "demo-2"));
  expect(existsSync(join(first, "telemetry.db"))).toBe(true);
});

test("a folder that no demo made is never emptied", () => {
  mkdirSync(join(parent, "demo"));
  writeFileSync(join(parent, "demo/telemetry.db"), "a user's own");
  expect(claimDemoFolder(parent)).toBe(join(parent, "demo-2"));
  expect(existsSync(join(parent, "demo/telemetry.db"))).toBe(true);
});
