import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogRow, SpanRow } from "../../src/receive/telemetry-batch.js";
import { SqliteConnection } from "../../src/store/sqlite-connection.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import { batch, DAY_MS, NOON_MS, NOON_US, point, requestLog, span, spanId, traceId } from "./rows.js";

const RETENTION = { days: 30, maxBytes: 1_000_000_000 };
const ANN = "ann@example.com";
const BOB = "bob-17";
/** In everything of Ann's that holds text. */
const CANARY = "canary-4711";

let dataDir: string;
let database: TelemetryDatabase;

const open = (): TelemetryDatabase => {
  database = new TelemetryDatabase({ dataDir, retention: RETENTION }, NOON_MS);
  return database;
};
const fileOf = (day: string): string => join(dataDir, `requests_${day}.jsonl`);
const idsIn = (day: string): string[] =>
  readFileSync(fileOf(day), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).request_id);
const storedIds = (): string[] => database.requests({}, NOON_MS).map((record) => record.request_id);

/** The files of the data folder that hold a text. */
function filesWith(text: string): string[] {
  return readdirSync(dataDir).filter((file) => readFileSync(join(dataDir, file)).includes(text));
}

/** A request of a user with a model call under it, both with content, and an error of each. */
function requestOf(user: string, trace: number, row: Partial<SpanRow> & { text?: string } = {}) {
  const { text = "", startTimeUs = NOON_US + trace } = row;
  const ids = { traceId: traceId(trace), startTimeUs, endTimeUs: startTimeUs + 1_000 };
  const spans = [
    span({ ...ids, spanId: spanId(1), attributes: { "user.id": user, outcome: "error" } }),
    span({
      ...ids,
      spanId: spanId(2),
      parentSpanId: spanId(1),
      name: `chat ${text}`,
      attributes: { "gen_ai.input.messages": `[{"content":"${text}"}]` },
      events: [{ name: "exception", timeUs: startTimeUs, attributes: { "exception.message": text } }],
    }),
  ];
  const logs: LogRow[] = [
    requestLog(`r${trace}`, { "user.id": user, "chainwatch.request.query": text }, { timeUs: startTimeUs, ...ids }),
    {
      ...requestLog(`r${trace}`, { "exception.message": `failed ${text}` }, { timeUs: startTimeUs, ...ids }),
      eventName: "chainwatch.error",
      spanId: spanId(2),
    },
  ];
  return { spans, logs };
}

const batchOf = (...requests: { spans: SpanRow[]; logs: LogRow[] }[]) =>
  batch({
    spans: requests.flatMap(({ spans }) => spans),
    logs: requests.flatMap(({ logs }) => logs),
  });
const ingest = (...requests: Parameters<typeof batchOf>): void => {
  database.ingest(batchOf(...requests), NOON_MS);
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-deletion-"));
  open();
});
afterEach(() => {
  vi.restoreAllMocks();
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("a user's data, deleted,", () => {
  it("is what was counted: records, traces, errors and JSON lines of every day; others' stays", () => {
    const yesterday = { startTimeUs: NOON_US - DAY_MS * 1_000 };
    ingest(requestOf(ANN, 1), requestOf(BOB, 2), requestOf(ANN, 3, yesterday), requestOf(BOB, 4, yesterday));
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({
      requests: 2,
      traces: 2,
      spans: 4,
      errors: 2,
      jsonLines: 2,
      setAside: [],
    });
    expect(storedIds()).toEqual(["r2", "r4"]);
    expect(database.traces({}, NOON_MS).map(({ trace_id }) => trace_id)).toEqual([traceId(2), traceId(4)]);
    expect(database.trace(traceId(1), NOON_MS)).toEqual([]);
    expect(database.trace(traceId(2), NOON_MS)).toHaveLength(2);
    expect(database.errors({}, NOON_MS).map(({ trace_id }) => trace_id)).toEqual([traceId(2), traceId(4)]);
    expect(idsIn("2026-11-24")).toEqual(["r2"]);
    expect(idsIn("2026-11-23")).toEqual(["r4"]);
    expect(database.status(NOON_MS)).toMatchObject({ spans: 4, requests: 2 });
  });

  it("is in no file any more, nor is what was captured of it", () => {
    const text = (i: number): string => `${CANARY} ${"x".repeat((i * 37) % 3_000)}`;
    // Rows of two users in turn, and traces that grow later, so that SQLite moves rows between pages.
    for (let i = 0; i < 300; i += 2) ingest(requestOf(ANN, i, { text: text(i) }), requestOf(BOB, i + 1));
    for (let i = 0; i < 300; i += 2) {
      const more = span({ traceId: traceId(i), spanId: spanId(3), parentSpanId: spanId(1), attributes: { a: CANARY } });
      database.ingest(batch({ spans: [more] }), NOON_MS);
    }
    for (const held of [ANN, CANARY]) expect(filesWith(held)).not.toEqual([]);
    database.deleteUser(ANN, NOON_MS);
    for (const held of [ANN, CANARY, traceId(298)]) expect(filesWith(held)).toEqual([]);
    expect(storedIds()).toHaveLength(150);
    expect(filesWith(BOB)).toEqual(["requests_2026-11-24.jsonl", "telemetry.db"]);
  });

  it("counts no more for the versions that are compared", () => {
    ingest(requestOf(ANN, 1), requestOf(BOB, 2));
    database.deleteUser(ANN, NOON_MS);
    expect(database.versions({ kind: "release" }, NOON_MS)).toMatchObject([{ version: "1.2.3", requests: 1 }]);
  });

  it("is gone after a restart too, and the files are as they were otherwise", () => {
    ingest(requestOf(ANN, 1), requestOf(BOB, 2));
    database.deleteUser(ANN, NOON_MS);
    database.close();
    open();
    expect(storedIds()).toEqual(["r2"]);
    expect(idsIn("2026-11-24")).toEqual(["r2"]);
    expect(readdirSync(dataDir).sort()).toEqual(
      ["requests_2026-11-24.jsonl", "telemetry.db", "telemetry.db-wal"].filter((file) =>
        existsSync(join(dataDir, file)),
      ),
    );
  });

  it("goes from a trace with other users, and nothing of theirs", () => {
    const shared = traceId(9);
    const root = span({ traceId: shared, spanId: spanId(10), name: "poll queue" });
    const under = (user: string, first: number) => [
      span({ traceId: shared, spanId: spanId(first), parentSpanId: spanId(10), attributes: { "user.id": user } }),
      span({ traceId: shared, spanId: spanId(first + 1), parentSpanId: spanId(first), status: "error" }),
    ];
    const errorOf = (first: number): LogRow => ({
      ...requestLog("any", { "exception.message": `of ${first}` }, { traceId: shared, spanId: spanId(first + 1) }),
      eventName: "chainwatch.error",
    });
    database.ingest(
      batch({
        spans: [root, ...under(ANN, 20), ...under(BOB, 30)],
        logs: [
          requestLog("a", { "user.id": ANN }, { traceId: shared }),
          requestLog("b", { "user.id": BOB }, { traceId: shared }),
          ...[errorOf(20), errorOf(30)],
        ],
      }),
      NOON_MS,
    );
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({
      requests: 1,
      traces: 0,
      spans: 2,
      errors: 1,
      jsonLines: 1,
    });
    expect(database.trace(shared, NOON_MS).map((row) => row.spanId)).toEqual([10, 30, 31].map(spanId));
    expect(database.traces({}, NOON_MS)).toMatchObject([{ spans: 3, errors: 1, user_id: BOB, name: "poll queue" }]);
    expect(database.errors({}, NOON_MS).map(({ message }) => message)).toEqual(["of 30"]);
    expect(storedIds()).toEqual(["b"]);
    expect(filesWith(ANN)).toEqual([]);
  });

  it("goes from the errors of a trace that was not sampled, by the request of each: others' and unknown ones stay", () => {
    const shared = traceId(9);
    const errorOf = (id: string | undefined, n: number): LogRow => ({
      ...requestLog("any", { "exception.message": `${n}` }, { traceId: shared, spanId: spanId(n) }),
      eventName: "chainwatch.error",
      attributes: { "exception.message": `${n}`, ...(id !== undefined && { "chainwatch.request.id": id }) },
    });
    const logs = [
      requestLog("a", { "user.id": ANN }, { traceId: shared }),
      requestLog("b", { "user.id": BOB }, { traceId: shared }),
      ...[errorOf("a", 1), errorOf("b", 2), errorOf(undefined, 3), errorOf("not stored", 4)],
    ];
    database.ingest(batch({ logs }), NOON_MS);
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({ requests: 1, traces: 0, spans: 0, errors: 1 });
    const left = database.errors({}, NOON_MS).map(({ message }) => message);
    expect(left.sort()).toEqual(["2", "3", "4"]);
  });

  it("goes from a trace with other users whom only its records, or only its spans, name", () => {
    const byRecords = [requestLog("a", { "user.id": ANN }), requestLog("b", { "user.id": BOB })];
    const spans = [ANN, BOB].map((user, i) =>
      span({ traceId: traceId(2), spanId: spanId(i + 1), attributes: { "user.id": user } }),
    );
    const plain = span({ name: "of nobody" });
    database.ingest(batch({ spans: [plain, ...spans], logs: byRecords }), NOON_MS);
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({
      requests: 1,
      traces: 0,
      spans: 1,
      errors: 0,
      jsonLines: 1,
    });
    expect(storedIds()).toEqual(["b"]);
    expect(database.trace(traceId(1), NOON_MS)).toHaveLength(1);
    expect(database.trace(traceId(2), NOON_MS)).toMatchObject([{ spanId: spanId(2) }]);
  });

  it("is also what no record names: the spans of a trace that carries the user's id, as text or number", () => {
    database.ingest(
      batch({
        spans: [
          span({ traceId: traceId(1), attributes: { "user.id": 42 } }),
          span({ traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1) }),
          span({ traceId: traceId(2), attributes: { "user.id": 420 } }),
        ],
        logs: [requestLog("anonymous", {}, { traceId: traceId(1) }), requestLog("other", {}, { traceId: traceId(3) })],
      }),
      NOON_MS,
    );
    expect(database.deleteUser("42", NOON_MS)).toMatchObject({
      requests: 1,
      traces: 1,
      spans: 2,
      errors: 0,
      jsonLines: 1,
    });
    expect(database.trace(traceId(2), NOON_MS)).toHaveLength(1);
    expect(storedIds()).toEqual(["other"]);
  });

  it("is also the metric points of other senders that carry the user's id, and their sums", () => {
    const of = (user: string) => point({ metric: "app.clicks", attributes: { "user.id": user }, temporality: "delta" });
    database.ingest(batch({ points: [of(ANN), of(BOB), point({ metric: "app.starts" })] }), NOON_MS);
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({ points: 1, requests: 0 });
    const windows = [{ fromUs: NOON_US - 86_400_000_000, toUs: NOON_US + 1 }];
    const growthOf = (metric: string) => database.growth({ metric, windows }, NOON_MS)[0] ?? [];
    expect(growthOf("app.clicks").map(({ attributes }) => attributes["user.id"])).toEqual([BOB]);
    expect(growthOf("app.starts")).toHaveLength(1);
    expect(filesWith(ANN)).toEqual([]);
    // Sent again, it is counted from nothing.
    database.ingest(batch({ points: [of(ANN)] }), NOON_MS);
    expect(growthOf("app.clicks")).toMatchObject([{ growth: 1 }, { growth: 1 }]);
  });

  it("takes only the user who is named so, whatever is in the name", () => {
    const odd = ['"; DROP TABLE days; --', "%", "__proto__", "安娜", 'a"b\\c', ANN.toUpperCase()];
    for (const [i, user] of odd.entries()) ingest(requestOf(user, i + 1));
    for (const [i, user] of odd.entries()) {
      expect(database.deleteUser(user, NOON_MS)).toMatchObject({ requests: 1, traces: 1, jsonLines: 1 });
      expect(storedIds()).toHaveLength(odd.length - i - 1);
    }
  });

  it("that is not there is nothing, and writes no database anew", () => {
    ingest(requestOf(BOB, 1));
    const before = readFileSync(fileOf("2026-11-24"), "utf8");
    expect(database.deleteUser("nobody", NOON_MS)).toEqual({
      ...{ requests: 0, traces: 0, spans: 0, errors: 0, jsonLines: 0, totals: 0, points: 0, setAside: [] },
    });
    expect(readFileSync(fileOf("2026-11-24"), "utf8")).toBe(before);
    expect(filesWith("nobody")).toEqual([]);
  });

  it.each([
    ["at once", () => {}],
    [
      "after a restart",
      () => {
        database.close();
        open();
      },
    ],
  ])("%s, leaves the daily file right for what follows: each later record is in it once", (_, wait) => {
    ingest(requestOf(BOB, 1));
    ingest(requestOf(ANN, 2), requestOf(ANN, 3));
    wait();
    database.deleteUser(ANN, NOON_MS);
    // Their rows get the numbers that the deleted ones had.
    ingest(requestOf(BOB, 4));
    ingest(requestOf(BOB, 5), requestOf(BOB, 6));
    expect(idsIn("2026-11-24")).toEqual(["r1", "r4", "r5", "r6"]);
    database.close();
    open();
    ingest(requestOf(BOB, 7));
    expect(idsIn("2026-11-24")).toEqual(["r1", "r4", "r5", "r6", "r7"]);
  });

  it("may be left in a damaged database that was set aside: each of its files is named", () => {
    const aside = join(dataDir, "telemetry.db.damaged-2026-11-24T11-00-00-000Z");
    const files = ["", "-shm", "-wal"].map((suffix) => aside + suffix);
    for (const file of files) writeFileSync(file, ANN);
    expect(database.deleteUser(ANN, NOON_MS).setAside).toEqual(files);
  });

  it("goes from files of days that the database does not know, also from what is no record, such as half a line", () => {
    const line = (id: string, user: string): string => `{"request_id":"${id}","user_id":"${user}","trace_id":""}\n`;
    const others = `${line("1", BOB)}null\n7\n`;
    writeFileSync(fileOf("2026-11-20"), `${others}${line("2", ANN)}"${ANN}"\n{"request_id":"3","user_id":"${ANN}`);
    expect(database.deleteUser(ANN, NOON_MS).jsonLines).toBe(3);
    expect(readFileSync(fileOf("2026-11-20"), "utf8")).toBe(others);
  });

  it("leaves the files to those who could read them, and to nobody else", () => {
    ingest(requestOf(ANN, 1), requestOf(BOB, 2));
    const modes = { "telemetry.db": 0o600, "requests_2026-11-24.jsonl": 0o640 };
    for (const [file, mode] of Object.entries(modes)) chmodSync(join(dataDir, file), mode);
    database.deleteUser(ANN, NOON_MS);
    expect(filesWith(ANN)).toEqual([]);
    for (const [file, mode] of Object.entries(modes)) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(mode);
  });
});

describe("a deletion that was cut off", () => {
  it("is finished at the next start", () => {
    ingest(requestOf(ANN, 1), requestOf(BOB, 2));
    database.close();
    writeFileSync(join(dataDir, "unfinished-deletions.json"), JSON.stringify([ANN]));
    writeFileSync(join(dataDir, "telemetry.db.new"), `half a copy with ${ANN}`);
    open();
    expect(storedIds()).toEqual(["r2"]);
    expect(idsIn("2026-11-24")).toEqual(["r2"]);
    expect(filesWith(ANN)).toEqual([]);
  });

  it("by a kill, at any moment, leaves all of the others' and, after the next start, nothing of the user's", async () => {
    const rows = 1_600;
    for (let i = 0; i < rows; i += 200) {
      const some = Array.from({ length: 200 }, (_, n) => i + n);
      ingest(...some.map((n) => requestOf(n % 2 === 0 ? ANN : BOB, n, { text: n % 2 === 0 ? CANARY : "" })));
    }
    const bobs = storedIds().filter((id) => Number(id.slice(1)) % 2 === 1);
    database.close();
    const copy = `${dataDir}-copy`;
    cpSync(dataDir, copy, { recursive: true });
    const { tookMs } = await deleteInProcess(copy, ANN);
    rmSync(copy, { recursive: true });

    let killed = 0;
    const rounds = Number(process.env.CHAINWATCH_TEST_KILLS ?? 5);
    for (let round = 0; round < rounds; round += 1) {
      // In each part of the time that the whole of it takes.
      const { signal } = await deleteInProcess(dataDir, ANN, (tookMs * (round + Math.random())) / rounds);
      if (signal === "SIGKILL") killed += 1;
      open();
      expect(storedIds().filter((id) => Number(id.slice(1)) % 2 === 1)).toEqual(bobs);
      expect(idsIn("2026-11-24").filter((id) => Number(id.slice(1)) % 2 === 1)).toHaveLength(bobs.length);
      expect([0, rows / 2]).toContain(storedIds().length - bobs.length);
      if (storedIds().length === bobs.length) for (const held of [ANN, CANARY]) expect(filesWith(held)).toEqual([]);
      // For the next round.
      for (let i = 0; i < rows; i += 2) ingest(requestOf(ANN, i, { text: CANARY }));
      database.close();
    }
    expect(killed).toBeGreaterThan(0);
    open();
  });
});

describe("a deletion that fails", () => {
  it("on a disk that has room for the copy, but not for all pages of the log beside it, loses nothing", async () => {
    const text = "x".repeat(20_000);
    for (let n = 0; n < 160; n += 2) ingest(requestOf(BOB, n, { text }));
    database.close();
    const batchFile = join(dataDir, "batch.json");
    const later = Array.from({ length: 40 }, (_, n) => requestOf(ANN, 2 * n + 1, { text }));
    writeFileSync(batchFile, JSON.stringify(batchOf(...later, requestOf(BOB, 200))));
    const bobs = [...Array.from({ length: 80 }, (_, n) => `r${2 * n}`), "r200"];

    // Bob's make some 10 MB in the database, Ann's 5 MB in the log.
    const limits = { largestBytes: 12_000_000 };
    const { said } = await deleteInProcess(dataDir, ANN, undefined, { ...limits, batchFile });
    const [, failure = "{}"] = said.split("\n");
    const { reason, message, requests } = JSON.parse(failure);
    expect([reason, message]).toEqual(["failed", expect.stringMatching(/could not be written .* delete again\.$/)]);
    expect(requests.sort()).toEqual(bobs.sort());
    expect(readdirSync(dataDir)).not.toContain("telemetry.db.new");
    // The disk keeps nobody from starting the server.
    expect((await deleteInProcess(dataDir, "nobody", undefined, limits)).said).toMatch(/^deleting\n/);
    rmSync(batchFile);

    // With room, it is finished at the next start.
    open();
    expect(storedIds().sort()).toEqual(bobs);
    expect(database.status(NOON_MS).setAside).toEqual([]);
    expect(filesWith(ANN)).toEqual([]);
  });

  it.each([
    [
      "while the new file takes the old one's place",
      () => rmSync(join(dataDir, "telemetry.db.new")),
      /ENOENT.*telemetry\.db\.new/,
    ],
    [
      "over a log that stays when the old file is closed",
      () => writeFileSync(join(dataDir, "telemetry.db-wal"), "pages"),
      /expected no .*telemetry\.db-wal/,
    ],
  ])("%s, leaves the store as usable as before, and the next one does it all", (_, sabotage, reason) => {
    ingest(requestOf(ANN, 1), requestOf(BOB, 2));
    const close = SqliteConnection.prototype.close;
    vi.spyOn(SqliteConnection.prototype, "close").mockImplementationOnce(function (this: SqliteConnection) {
      close.call(this);
      sabotage();
    });
    expect(() => database.deleteUser(ANN, NOON_MS)).toThrow(reason);
    expect(readdirSync(dataDir)).not.toContain("telemetry.db.new");
    expect(storedIds()).toEqual(["r2"]);
    ingest(requestOf(BOB, 3));
    database.deleteUser("nobody", NOON_MS);
    expect(filesWith(ANN)).toEqual([]);
    expect(storedIds().sort()).toEqual(["r2", "r3"]);
    expect(readdirSync(dataDir)).not.toContain("unfinished-deletions.json");
  });

  it("for want of room says how much to free", () => {
    ingest(requestOf(ANN, 1));
    const full = Object.assign(new Error("database or disk is full"), { errcode: 13 });
    vi.spyOn(SqliteConnection.prototype, "transaction").mockImplementationOnce(() => {
      throw full;
    });
    expect(() => database.deleteUser(ANN, NOON_MS)).toThrow(
      expect.objectContaining({
        name: "UserDeletionError",
        reason: "disk_full",
        message: expect.stringMatching(
          /^the files in .* \(database or disk is full\), .* Free \d{5,} bytes of its disk, and delete again\.$/,
        ),
      }),
    );
    expect(database.deleteUser(ANN, NOON_MS)).toMatchObject({ requests: 1 });
  });

  it("at its note, says so too, and has deleted nothing", () => {
    ingest(requestOf(ANN, 1));
    const inTheWay = join(dataDir, "unfinished-deletions.json.new", "folder");
    mkdirSync(inTheWay, { recursive: true });
    expect(() => database.deleteUser(ANN, NOON_MS)).toThrow(expect.objectContaining({ reason: "failed" }));
    expect(idsIn("2026-11-24")).toEqual(["r1"]);
    expect(storedIds()).toEqual(["r1"]);
    rmSync(join(inTheWay, ".."), { recursive: true });
  });
});

const DELETER = fileURLToPath(new URL("user-deleter.mjs", import.meta.url));

/**
 * Deletes a user's data in a process of its own.
 *
 * @param killAfterMs it is killed so long after it began; absent: it is not
 * @param batchFile what it stores first
 * @param largestBytes no file that it writes may become larger, as on a disk without room
 */
async function deleteInProcess(
  folder: string,
  user: string,
  killAfterMs?: number,
  { batchFile, largestBytes }: { batchFile?: string; largestBytes?: number } = {},
): Promise<{ signal: NodeJS.Signals | null; said: string; tookMs: number }> {
  const node = [
    process.execPath,
    DELETER,
    folder,
    user,
    String(NOON_MS),
    ...(batchFile === undefined ? [] : [batchFile]),
  ];
  // The shell counts in blocks of 512 bytes.
  const limited = ["sh", "-c", `ulimit -f ${Math.floor((largestBytes ?? 0) / 512)}; exec "$@"`, "sh", ...node];
  const [program = "", ...words] = largestBytes === undefined ? node : limited;
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let beganMs = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (said === "") {
      beganMs = performance.now();
      if (killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    }
    said += text;
  });
  return new Promise((resolve) =>
    child.once("close", (_, signal) => resolve({ signal, said, tookMs: performance.now() - beganMs })),
  );
}
