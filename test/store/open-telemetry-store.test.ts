import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SpanRow } from "../../src/receive/telemetry-batch.js";
import { openTelemetryStore, StoreBusyError } from "../../src/store/open-telemetry-store.js";
import type { TelemetryStore } from "../../src/store/telemetry-store.js";
import { batch, NOON_MS, NOON_US, point, requestLog, SECOND_US, span, spanId, traceId } from "./rows.js";

const RETENTION = { days: 30, maxBytes: 1e10 };
const WRITER = fileURLToPath(new URL("./steady-writer.mjs", import.meta.url));

let dataDir: string;
let store: TelemetryStore | undefined;
const open = async (clock = () => NOON_MS): Promise<TelemetryStore> => {
  store = await openTelemetryStore({ dataDir, retention: RETENTION, clock });
  return store;
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-store-"));
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

describe("the store in its thread", () => {
  it("gives back what was stored, also after it was closed and opened", async () => {
    const sent = span({
      attributes: { list: ["a", 1], map: { k: null } },
      events: [{ name: "e", timeUs: 1, attributes: {} }],
    });
    const rows = batch({ spans: [sent], points: [point({ value: 5 })], logs: [requestLog("r1")] });
    expect(await (await open()).ingest(rows)).toEqual({ spans: 1, points: 1, logs: 1, duplicates: 0, ignoredLogs: 0 });
    await store?.close();
    const again = await open();
    expect(await again.ingest(rows)).toEqual({ spans: 0, points: 0, logs: 0, duplicates: 3, ignoredLogs: 0 });
    expect(await again.trace(traceId(1))).toEqual([sent]);
    expect(await again.traces({})).toMatchObject([{ trace_id: traceId(1), spans: 1 }]);
    expect(await again.requests({})).toMatchObject([{ request_id: "r1" }]);
    const metric = "chainwatch.llm.tokens";
    const window = { fromUs: NOON_US - SECOND_US, toUs: NOON_US };
    expect(await again.growth({ metric, windows: [window] })).toMatchObject([[{ kind: "counter", growth: 5 }]]);
    expect(await again.points({ metric, windows: [window] })).toEqual([[]]);
    expect(await again.errors({})).toEqual([]);
    expect(await again.status()).toMatchObject({ spans: 1, requests: 1, points: 1, retention: RETENTION });
  });

  it("keeps a __proto__ attribute an attribute on the way to the thread and back", async () => {
    const attributes = Object.assign(
      Object.create(null),
      JSON.parse('{"__proto__":{"polluted":1}}'),
    ) as SpanRow["attributes"];
    await (await open()).ingest(batch({ spans: [span({ attributes })], points: [point({ attributes })] }));
    const [kept] = (await store?.trace(traceId(1))) ?? [];
    const windows = [{ fromUs: 0, toUs: NOON_US }];
    const [[grown] = []] = (await store?.growth({ metric: "chainwatch.llm.tokens", windows })) ?? [];
    for (const found of [kept?.attributes, grown?.attributes]) {
      expect(Object.getPrototypeOf(found)).toBeNull();
      expect(Object.keys(found ?? {})).toEqual(["__proto__"]);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("refuses batches beyond its queue and takes them again later", async () => {
    store = await openTelemetryStore({ dataDir, retention: RETENTION, clock: () => NOON_MS, maxWaitingBatches: 3 });
    const one = (n: number) => store?.ingest(batch({ spans: [span({ spanId: spanId(n) })] }));
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(one));
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    expect(results[4]).toMatchObject({ reason: expect.any(StoreBusyError) });
    expect(await one(4)).toMatchObject({ spans: 1 });
  });

  it("answers what was asked before it was closed, and nothing after", async () => {
    const opened = await open();
    const stored = opened.ingest(batch({ spans: [span()] }));
    await opened.close();
    expect(await stored).toMatchObject({ spans: 1 });
    await expect(opened.status()).rejects.toThrow("the store is closed");
    await expect(opened.close()).resolves.toBeUndefined();
  });

  it("says why a data folder cannot be used", async () => {
    await open();
    await expect(openTelemetryStore({ dataDir, retention: RETENTION, clock: () => NOON_MS })).rejects.toThrow(
      /in use by another process/,
    );
    const underFile = join(dataDir, "telemetry.db", "folder");
    await expect(
      openTelemetryStore({ dataDir: underFile, retention: RETENTION, clock: () => NOON_MS }),
    ).rejects.toThrow(/ENOTDIR.*telemetry\.db/);
  });
});

interface Report {
  stored?: number;
  refused?: number;
  reason?: string;
}

/** A process that stores rows without end. `reports` grows while it lives. */
function startWriter(
  parameters: (string | number)[],
  command: string[] = [],
): { child: ChildProcess; reports: Report[]; ended: Promise<unknown> } {
  const [program = process.execPath, ...before] = command;
  const child = spawn(
    program,
    [...before, ...(command.length > 0 ? [process.execPath] : []), WRITER, ...parameters.map(String)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const reports: Report[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    if (line.endsWith("}")) reports.push(JSON.parse(line) as Report);
  });
  return { child, reports, ended: new Promise((resolve) => lines.once("close", resolve)) };
}

const lastStored = (reports: Report[]): number => Math.max(0, ...reports.map(({ stored }) => stored ?? 0));

/** Request ids of all daily files, as often as they are there. */
function requestsInFiles(): string[] {
  const days = [0, 86_400_000].map((ago) => new Date(Date.now() - ago).toISOString().slice(0, 10));
  return days.flatMap((day) => {
    try {
      const lines = readFileSync(join(dataDir, `requests_${day}.jsonl`), "utf8")
        .trimEnd()
        .split("\n");
      return lines.map((line) => (JSON.parse(line) as { request_id: string }).request_id);
    } catch {
      return [];
    }
  });
}

it("killed at any moment, it has every row that it acknowledged, and opens again within 2 s", async () => {
  let acknowledged = 0;
  const kills = Number(process.env.CHAINWATCH_TEST_KILLS ?? 5);
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter([dataDir, acknowledged + 1]);
    const until = acknowledged + 1 + Math.floor(Math.random() * 300);
    await expect.poll(() => lastStored(writer.reports), { timeout: 20_000, interval: 1 }).toBeGreaterThanOrEqual(until);
    writer.child.kill("SIGKILL");
    await writer.ended;
    acknowledged = lastStored(writer.reports);

    const began = performance.now();
    const opened = await open(Date.now);
    expect(performance.now() - began).toBeLessThan(2_000);
    const records = await opened.requests({});
    const known = new Set(records.map((record) => record.request_id));
    const missing = Array.from({ length: acknowledged }, (_, i) => `r${i + 1}`).filter(
      (request) => !known.has(request),
    );
    expect(missing).toEqual([]);
    expect((await opened.status()).spans).toBe(records.length);
    expect(await opened.trace(traceId(acknowledged))).toHaveLength(1);
    const grownUntil = async (toUs: number) => {
      const [growths = []] = await opened.growth({ metric: "steady", windows: [{ fromUs: 0, toUs }] });
      return growths;
    };
    const growths = await grownUntil(Number.MAX_SAFE_INTEGER);
    // This window ends amid a slot, and is read from the points of that; the other from the roll-up.
    expect(await grownUntil(Date.now() * 1_000)).toEqual(growths);
    // The next writer begins again with the batch that was under way, which may have been stored.
    expect(growths[0]?.growth).toBeGreaterThanOrEqual(acknowledged);
    expect(requestsInFiles().sort()).toEqual([...known].sort());
    await opened.close();
  }
}, 120_000);

it.runIf(process.platform === "linux")(
  "refuses batches while the disk is full, and goes on when there is room again",
  async () => {
    // No file of the process may grow beyond 3 MB: what a full disk is to SQLite.
    const writer = startWriter([dataDir, 1, 20_000], ["prlimit", "--fsize=3000000:unlimited"]);
    const refusals = () => writer.reports.filter(({ refused }) => refused !== undefined);
    await expect.poll(() => refusals().length, { timeout: 20_000 }).toBeGreaterThan(3);
    const before = lastStored(writer.reports);
    expect(before).toBeGreaterThan(10);
    expect(refusals()[0]?.reason).toMatch(/disk/);
    expect(writer.child.exitCode).toBeNull();

    execFileSync("prlimit", ["--pid", String(writer.child.pid), "--fsize=unlimited"]);
    await expect.poll(() => lastStored(writer.reports), { timeout: 20_000 }).toBeGreaterThan(before + 50);
    writer.child.kill("SIGKILL");
    await writer.ended;
    const opened = await open(Date.now);
    const known = (await opened.requests({})).map((record) => record.request_id);
    expect(known.length).toBeGreaterThanOrEqual(lastStored(writer.reports));
    expect(new Set(known).size).toBe(known.length);
    expect(requestsInFiles().sort()).toEqual(known.sort());
  },
  60_000,
);
