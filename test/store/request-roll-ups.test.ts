import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordDimension } from "../../src/indicators/dimension.js";
import type { LogRow } from "../../src/receive/telemetry-batch.js";
import { recordedRequest } from "../../src/store/recorded-request.js";
import { requestEndUs } from "../../src/store/request-end.js";
import { LABEL_FIELD } from "../../src/store/request-labels.js";
import type { Outcome, RequestRecord } from "../../src/store/request-record.js";
import type { TotalsDimension } from "../../src/store/request-totals.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import type { RequestTotalsQuery, TimeWindow } from "../../src/store/telemetry-store.js";
import { batch, DAY_MS, NOON_MS, NOON_US, RESOURCE, requestLog, SECOND_US, traceId } from "./rows.js";

const RETENTION = { days: 14, rollUpDays: 400, maxBytes: 1_000_000_000 };
const HOUR_US = 3_600 * SECOND_US;
const DAY_US = 24 * HOUR_US;
/** Two and a half days before noon, at midnight. */
const START_US = NOON_US - 2.5 * DAY_US;

let dataDir: string;
let database: TelemetryDatabase;
const open = (nowMs = NOON_MS): void => {
  database = new TelemetryDatabase({ dataDir, retention: RETENTION }, nowMs);
};
const reopen = (nowMs = NOON_MS): void => {
  database.close();
  open(nowMs);
};
const empty = (): void => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
  open();
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-request-roll-ups-"));
  open();
});
afterEach(() => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Times in two and a half days, many at the edges of hours. */
const timeUs = fc
  .tuple(
    fc.constantFrom(1_000, HOUR_US, DAY_US),
    // Not doubles, of which most would be next to nothing.
    fc.integer({ min: 0, max: 2.5 * 86_400 }),
    fc.constantFrom(-1, 0, 1),
  )
  .map(([unit, at, beside]) => START_US + Math.max(1, Math.round((at * SECOND_US) / unit) * unit + beside * 1_000));

const windows = fc.array(
  fc.tuple(timeUs, timeUs).map(([a, b]) => ({ fromUs: Math.min(a, b), toUs: Math.max(a, b) + Number(a === b) })),
  { minLength: 1, maxLength: 4 },
);

const maybe = (...values: string[]): fc.Arbitrary<string | undefined> => fc.constantFrom(undefined, ...values);

/** Numbers are such that their sums are exact in whatever order. */
const logs: fc.Arbitrary<LogRow[]> = fc
  .array(
    fc.record({
      at: timeUs,
      seconds: fc.constantFrom(0, 0.25, 1, 60, 600),
      outcome: fc.constantFrom<Outcome>("success", "error", "cancelled"),
      type: fc.constantFrom("chat", "rag"),
      user: maybe("u1", "u2", "u3"),
      tenant: maybe("acme", "globex"),
      query: maybe("why?", "how?", '"quoted"'),
      release: maybe("1", "2"),
      eighths: fc.option(fc.nat(40), { nil: undefined }),
      tokens: fc.nat(100),
    }),
    { maxLength: 30 },
  )
  .map((all) =>
    all.map(({ at, seconds, outcome, type, user, tenant, query, release, eighths, tokens }, i) =>
      requestLog(
        `r${i}`,
        JSON.parse(
          JSON.stringify({
            ...{ outcome, "chainwatch.request.type": type, "user.id": user, "chainwatch.tenant": tenant },
            ...{ "chainwatch.request.duration": seconds, "chainwatch.request.llm_calls": 2 },
            ...{ "chainwatch.request.cost": eighths === undefined ? undefined : eighths / 8 },
            "chainwatch.request.query": query,
            ...{ "chainwatch.request.tokens.input": tokens, "chainwatch.request.tokens.output": 1 },
          }),
        ),
        {
          timeUs: at,
          traceId: traceId(i + 1),
          resource: JSON.parse(JSON.stringify({ ...RESOURCE, "service.version": release })),
        },
      ),
    ),
  );

const splits = fc.record({
  by: fc.constantFrom<readonly TotalsDimension[]>(
    ...([[], ["type"], ["service", "release"], ["tenant"], ["user"], ["tenant", "user"], ["environment"]] as const),
  ),
  where: fc.constantFrom<Partial<Record<TotalsDimension, string>>>({}, { tenant: "acme" }, { service: "bot" }),
});

const recordsOf = (rows: readonly LogRow[]): RequestRecord[] =>
  rows.map((row) => recordedRequest(row)).filter((record) => record !== undefined);

function matching(
  records: readonly RequestRecord[],
  { fromUs, toUs }: TimeWindow,
  where: Partial<Record<RecordDimension, string>>,
) {
  return records.filter(
    (record) =>
      requestEndUs(record) > fromUs &&
      requestEndUs(record) <= toUs &&
      Object.entries(where).every(([name, value]) => record[LABEL_FIELD[name as RecordDimension]] === value),
  );
}

const groupOf = (record: RequestRecord, by: readonly TotalsDimension[]): string =>
  JSON.stringify(by.map((name) => record[LABEL_FIELD[name]] ?? null));

const SUMMED = ["cost_usd", "tokens.input", "tokens.total", "response_time", "llm_calls"] as const;

/** Requests, cost, tokens and what else is added up, by group and outcome, straight from the records. */
function expectedTotals(records: readonly RequestRecord[], by: readonly TotalsDimension[]): Record<string, number[]> {
  const totals: Record<string, number[]> = {};
  for (const record of records) {
    const { outcome, cost_usd, tokens, response_time, llm_calls } = record;
    const numbers = [1, Number(cost_usd !== undefined), cost_usd ?? 0, tokens.input, tokens.total, response_time];
    const key = `${groupOf(record, by)} ${outcome}`;
    totals[key] = [...numbers, llm_calls].map((number, i) => number + (totals[key]?.[i] ?? 0));
  }
  return totals;
}

function expectedUsers(records: readonly RequestRecord[], by: readonly TotalsDimension[]): Record<string, number[]> {
  const named = records.filter(({ user_id }) => user_id !== undefined);
  return Object.fromEntries(
    [...new Set(named.map((record) => groupOf(record, by)))].map((key) => {
      const users = named.filter((record) => groupOf(record, by) === key).map(({ user_id }) => user_id);
      return [key, [new Set(users).size, users.length]];
    }),
  );
}

function foundTotals(query: RequestTotalsQuery): Record<string, number[]>[] {
  return database
    .requestTotals(query, NOON_MS)
    .map((totals) =>
      Object.fromEntries(
        totals.map(({ labels, outcome, requests, priced, sums }) => [
          `${JSON.stringify(query.by.map((name) => labels[name] ?? null))} ${outcome}`,
          [requests, priced, ...SUMMED.map((field) => sums[field] ?? Number.NaN)],
        ]),
      ),
    );
}

function foundUsers(query: RequestTotalsQuery): Record<string, number[]>[] {
  return database
    .activeUsers(query, NOON_MS)
    .map((groups) =>
      Object.fromEntries(
        groups.map(({ labels, users, requests }) => [
          JSON.stringify(query.by.map((name) => labels[name] ?? null)),
          [users, requests],
        ]),
      ),
    );
}

/** Of a split by user or type, the active users are asked without. */
const withoutType = <T extends string>(by: readonly T[]): T[] =>
  by.filter((name) => ["service", "tenant", "user"].includes(name));

function ingest(rows: readonly LogRow[], size: number): void {
  for (let i = 0; i < rows.length; i += size) {
    database.ingest(batch({ logs: rows.slice(i, i + size) }), NOON_MS);
    if (i % 3 === 0) reopen();
  }
}

function expectSame(rows: readonly LogRow[], query: RequestTotalsQuery): void {
  const records = recordsOf(rows);
  const inWindows = query.windows.map((window) => matching(records, window, query.where));
  expect(foundTotals(query)).toEqual(inWindows.map((some) => expectedTotals(some, query.by)));
  const all = database.requestTotals(query, NOON_MS).flat();
  const costs = database.requestTotals({ ...query, numbers: ["cost_usd"] }, NOON_MS).flat();
  expect(costs.map(({ sums }) => sums)).toEqual(all.map(({ sums: { cost_usd } }) => ({ cost_usd })));
  const by = withoutType(query.by);
  expect(foundUsers({ ...query, by })).toEqual(inWindows.map((some) => expectedUsers(some, by)));
}

describe("totals of requests", () => {
  it("are those of the records, in any windows, batches and order, over restarts", () => {
    fc.assert(
      fc.property(logs, windows, splits, fc.integer({ min: 1, max: 9 }), (rows, some, split, size) => {
        empty();
        ingest(rows, size);
        ingest(rows.slice(0, 3), size);
        expectSame(rows, { ...split, windows: some });
      }),
      { numRuns: 60 },
    );
  });

  it("of whole days are the same when the records are gone", () => {
    fc.assert(
      fc.property(logs, windows, splits, (rows, some, split) => {
        empty();
        ingest(rows, 10);
        database.retain(NOON_MS + 30 * DAY_MS);
        expect(database.requests({}, NOON_MS)).toEqual([]);
        const days = some.map(({ fromUs, toUs }) => ({
          fromUs: Math.floor(fromUs / DAY_US) * DAY_US,
          toUs: Math.ceil(toUs / DAY_US) * DAY_US,
        }));
        expectSame(rows, { ...split, windows: days });
      }),
      { numRuns: 30 },
    );
  });

  it("count a request that ended after midnight in a day without records of its own", () => {
    const [midnightUs, dayUs] = [START_US + DAY_US, DAY_US];
    const overnight = { timeUs: midnightUs - 1_000 };
    database.ingest(batch({ logs: [requestLog("a", { "chainwatch.request.duration": 600 }, overnight)] }), NOON_MS);
    database.retain(NOON_MS + 30 * DAY_MS);
    const days = [midnightUs - dayUs, midnightUs].map((fromUs) => ({ fromUs, toUs: fromUs + dayUs }));
    const totals = database.requestTotals({ by: [], where: {}, windows: days }, NOON_MS);
    expect(totals.map(([total]) => total?.requests)).toEqual([undefined, 1]);
  });

  it("take in a request that is told late, also of a day whose records are dropped", () => {
    const at = (hour: number, id: string) => requestLog(id, {}, { timeUs: START_US + hour * HOUR_US });
    const day = { fromUs: START_US, toUs: START_US + DAY_US };
    const requests = (): unknown =>
      database.requestTotals({ by: [], where: {}, windows: [day] }, NOON_MS).map(([total]) => total?.requests);
    database.ingest(batch({ logs: [at(3, "a")] }), NOON_MS);
    expect(database.requestsSince(NOON_MS)).toBe(0);
    const later = NOON_MS + 15 * DAY_MS;
    database.retain(later);
    expect(database.requestsSince(later)).toBe(START_US + DAY_US + HOUR_US);
    database.ingest(batch({ logs: [at(4, "b")] }), later);
    expect(requests()).toEqual([2]);
  });

  it("are undone with the batch that fails", () => {
    const bad = { ...requestLog("bad"), attributes: null as never };
    const all = { by: [], where: {}, windows: [{ fromUs: START_US, toUs: START_US + 3 * DAY_US }] };
    expect(() => database.ingest(batch({ logs: [requestLog("a"), bad] }), NOON_MS)).toThrow();
    expect(foundTotals(all)).toEqual([{}]);
    database.ingest(batch({ logs: [requestLog("a")] }), NOON_MS);
    expect(foundTotals(all)).toMatchObject([{ "[] success": [1, 0, 0, 0, 0, 0, 0] }]);
  });

  it("of a user who is deleted are gone, from the file too, and stay in those of types and tenants", () => {
    const named = (id: string, user: string) => requestLog(id, { "user.id": user, "chainwatch.tenant": "acme" });
    database.ingest(batch({ logs: [named("a", "ann-4711"), named("b", "bob"), named("c", "ann-4711")] }), NOON_MS);
    database.retain(NOON_MS + 30 * DAY_MS);
    database.deleteUser("ann-4711", NOON_MS + 30 * DAY_MS);
    const day = { fromUs: START_US + 2 * DAY_US, toUs: START_US + 3 * DAY_US };
    expect(foundUsers({ by: [], where: {}, windows: [day] })).toEqual([{ "[]": [1, 1] }]);
    expect(foundTotals({ by: ["tenant"], where: {}, windows: [day] })).toEqual([
      { '["acme"] success': [3, 0, 0, 0, 0, 0, 0] },
    ]);
    for (const file of readdirSync(dataDir)) {
      expect(readFileSync(join(dataDir, file)).includes("ann-4711"), file).toBe(false);
    }
  });

  it("count as other what a slot has no room for, and lose nothing", () => {
    const many = Array.from({ length: 5_100 }, (_, i) => requestLog(`r${i}`, { "chainwatch.tenant": `tenant-${i}` }));
    database.ingest(batch({ logs: many }), NOON_MS);
    const query = {
      by: ["tenant" as const],
      where: {},

      windows: [{ fromUs: START_US, toUs: START_US + 3 * DAY_US }],
    };
    const [totals = []] = database.requestTotals(query, NOON_MS);
    expect(totals).toHaveLength(5_001);
    expect(totals.find(({ labels }) => labels.tenant === "other")).toMatchObject({ requests: 100 });
    expect(totals.reduce((sum, { requests }) => sum + requests, 0)).toBe(5_100);
  });
});

describe("counts of values", () => {
  const asked = fc.record({
    field: fc.constantFrom("query", "type"),
    by: fc.constantFrom<readonly RecordDimension[]>([], ["user"], ["tenant", "instance"], ["release", "session"]),
    where: fc.constantFrom({}, { tenant: "acme" }, { user: "u1", type: "rag" }, { instance: "i-2" }),
    ended: windows.map(([window]) => window as TimeWindow),
  });

  it("are those of the records that ended in the window, over all its days", () => {
    fc.assert(
      fc.property(logs, asked, (rows, { field, by, where, ended }) => {
        empty();
        ingest(rows, 10);
        const records = matching(recordsOf(rows), ended, where);
        const expected: Record<string, number> = {};
        for (const record of records) {
          const value = record[field];
          if (value === undefined) continue;
          const key = JSON.stringify([value, ...by.map((dimension) => record[LABEL_FIELD[dimension]] ?? null)]);
          expected[key] = 1 + (expected[key] ?? 0);
        }
        const most = records.length;
        const counts = database.valueCounts({ field, by, where, ended, most }, NOON_MS) ?? [];
        const found = counts.map(({ labels, value, requests }) => [
          JSON.stringify([value, ...by.map((dimension) => labels[dimension] ?? null)]),
          requests,
        ]);
        expect(found).toHaveLength(Object.keys(expected).length);
        expect(Object.fromEntries(found)).toEqual(expected);
        if (most > 0) {
          expect(database.valueCounts({ field, by, where, ended, most: most - 1 }, NOON_MS)).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });
});
