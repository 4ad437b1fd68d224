import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type TestContext, test } from "vitest";
import { startModelServer } from "../../src/demo/model-server.js";
import { CliProcess, emptyFolder, removeFolder } from "../cli/cli-process.js";
import { requestDurationsBody, requestRecordBody } from "../server/example-telemetry.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An empty folder that is gone after the test. */
function folderFor(context: TestContext): string {
  const cwd = emptyFolder();
  context.onTestFinished(() => removeFolder(cwd));
  return cwd;
}

interface Surroundings {
  cwd: string;
  env?: Record<string, string>;
  cli?: string;
}

function demo(context: TestContext, args: string[], surroundings: Surroundings): CliProcess {
  const process = new CliProcess(["demo", ...args], surroundings);
  context.onTestFinished(() => process.kill());
  return process;
}

const FIVE = {
  requests: 5,
  users: 3,
  success_rate: 100,
  llm_calls: 5,
  tokens: { input: 91, output: 109, total: 200 },
  traces: 5,
  alerts: [],
  url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
};

test.concurrent("--once --json prints one object with exactly its own five, on a second run too", async (context) => {
  const cwd = folderFor(context);
  for (let run = 0; run < 2; run += 1) {
    const { stdout, code } = await ended(demo(context, ["--once", "--json"], { cwd }));
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").length).toBe(1);
    const summary = JSON.parse(stdout);
    expect(Object.keys(summary).sort()).toEqual(
      [
        "requests",
        "users",
        "success_rate",
        "response_time",
        "llm_calls",
        "tokens",
        "cost_usd",
        "traces",
        "alerts",
        "url",
      ].sort(),
    );
    expect(summary).toMatchObject(FIVE);
    // 91 tokens at $0.15 and 109 at $0.60 a million.
    expect(summary.cost_usd).toBeCloseTo(0.00007905, 10);
    const { avg, p50, p95, p99 } = summary.response_time;
    for (const seconds of [avg, p50, p95, p99]) expect(seconds).toBeGreaterThan(0.25);
    expect(avg).toBeLessThan(5);
    expect(p50).toBeLessThanOrEqual(p95);
    expect(p95).toBeLessThanOrEqual(p99);
  }
});

test.concurrent("--once tells the story: server, five requests, two checks, board, no alert; its data is its own", async (context) => {
  const cwd = folderFor(context);
  const { stdout, code } = await ended(demo(context, ["--once"], { cwd }));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ server {2}http:\/\/127\.0\.0\.1:\d+ {3}data \.chainwatch\/demo {3}rules 6$/m);
  for (const [number, line] of [
    "user_001 人工智能",
    "user_002 机器学习",
    "user_001 深度学习",
    "user_003 强化学习",
    "user_002 自然语言处理",
  ].entries()) {
    expect(stdout).toMatch(
      new RegExp(
        `^\\[${number + 1}/5\\] ${line} → ".*" +[\\d.]+ s  \\d+ tok  \\$0\\.0000\\d+  trace [0-9a-f]{4}…$`,
        "m",
      ),
    );
  }
  expect(stdout.match(/checked 6 rules: none firing/g)?.length).toBe(2);
  expect(stdout).toContain("last 5 minutes");
  expect(stdout).toMatch(/✓ no alerts fired\n$/);
  expect(readdirSync(cwd)).toEqual([".chainwatch"]);
  const [recordsFile = ""] = readdirSync(join(cwd, ".chainwatch/demo")).filter((name) => name.endsWith(".jsonl"));
  const records = readFileSync(join(cwd, ".chainwatch/demo", recordsFile), "utf8")
    .trimEnd()
    .split("\n");
  expect(records.map((line) => JSON.parse(line).user_id)).toEqual([
    "user_001",
    "user_002",
    "user_001",
    "user_003",
    "user_002",
  ]);
});

test.concurrent("in Chinese when the terminal is", async (context) => {
  const cwd = folderFor(context);
  const { stdout } = await ended(demo(context, ["--once"], { cwd, env: { CHAINWATCH_LANG: "", LANG: "zh_CN.UTF-8" } }));
  expect(stdout).toContain("已检查 6 条规则：无触发");
  expect(stdout).toContain("最近 5 分钟");
  expect(stdout).toMatch(/✓ 无告警触发\n$/);
});

test.concurrent("another app that sends to the demo's server, and fails, is not in the demo's figures and fires none of its rules", async (context) => {
  const cwd = folderFor(context);
  const process = demo(context, ["--once"], { cwd });
  const [, url = ""] = await process.prints(/✓ server {2}(\S+)/);
  const send = async (signal: string, body: string) => {
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${url}/v1/${signal}`, { method: "POST", headers, body })).status).toBe(200);
  };
  const request = {
    requestId: "r1",
    traceId: "1".repeat(32),
    userId: "user_999",
    outcome: "error",
    durationS: 1,
  } as const;
  await send("metrics", requestDurationsBody({ error: 20 }));
  await send("logs", requestRecordBody(request));
  const { stdout } = await ended(process);
  expect(stdout.match(/checked 6 rules: none firing/g)?.length).toBe(2);
  expect(stdout).toMatch(/Requests +count 5 +success 100 %/);
  expect(stdout).toMatch(/Load .*\n.* users 3 /);
  expect(stdout).toMatch(/✓ no alerts fired\n$/);
});

test.concurrent("settings meant for the user's app do not lead the demo's data elsewhere", async (context) => {
  const cwd = folderFor(context);
  const { stdout, code } = await ended(
    demo(context, ["--once", "--json"], {
      cwd,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
        OTEL_SDK_DISABLED: "true",
        OPENAI_BASE_URL: "http://127.0.0.1:9",
        CHAINWATCH_DATA_DIR: "/nonexistent",
      },
    }),
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject(FIVE);
});

test.concurrent("--live asks the OpenAI that the key is for", async (context) => {
  const cwd = folderFor(context);
  const openAi = await startModelServer();
  // Slower than the demo's own server ever is.
  openAi.setFault("gpt-4o-mini", { kind: "slow", seconds: 2 }, 1);
  try {
    const { stdout, code } = await ended(
      demo(context, ["--once", "--json", "--live"], {
        cwd,
        env: { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: openAi.url },
      }),
    );
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject(FIVE);
    expect(summary.response_time.p99).toBeGreaterThan(1.8);
  } finally {
    await openAi.close();
  }
});

test.concurrent("without --once it goes on with traffic and says what will happen; Ctrl-C ends it with nothing lost", async (context) => {
  const cwd = folderFor(context);
  const process = demo(context, [], { cwd });
  await process.prints(/Scripted incident in 15 s: model demo-large will answer 429/);
  const [, url] = await process.prints(/✓ server {2}(\S+)/);
  let types = new Set<string>();
  while (types.size < 3) {
    const response = await fetch(`${url}/api/requests?limit=1000`);
    const { requests } = (await response.json()) as { requests: { type: string }[] };
    types = new Set(requests.map(({ type }) => type));
  }
  process.signal("SIGINT");
  const { code, stdout, stderr } = await ended(process);
  expect(code).toBe(0);
  expect(stdout).toContain("Stopped. The data stays in .chainwatch/demo");
  expect(stderr.split("\n").filter((line) => line !== "")).toEqual([
    expect.stringContaining('chainwatch: watching "chainwatch-demo"'),
  ]);
});

test.concurrent("where LangChain is not installed it says which package to install", async (context) => {
  const cwd = folderFor(context);
  const packed = join(cwd, "node_modules/chainwatch");
  mkdirSync(packed, { recursive: true });
  cpSync(join(ROOT, "dist"), join(packed, "dist"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(packed, "package.json"));
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name.startsWith(".") || name === "chainwatch" || name === "langchain" || name === "@langchain") continue;
    symlinkSync(join(ROOT, "node_modules", name), join(cwd, "node_modules", name));
  }
  const { code, stderr, stdout } = await ended(
    demo(context, ["--once"], { cwd, cli: join(packed, "dist/esm/cli.js") }),
  );
  expect(stderr).toMatch(
    /the demo needs @langchain\/\w+, which is not installed. Run: npm install @langchain\/core @langchain\/openai langchain/,
  );
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

async function ended(process: CliProcess) {
  const code = await process.ended();
  return { code, stdout: process.stdout, stderr: process.stderr };
}
