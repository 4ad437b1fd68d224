import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SpanRow } from "../../src/receive/telemetry-batch.js";
import { SqliteConnection } from "../../src/store/sqlite-connection.js";
import { TelemetryDatabase } from "../../src/store/telemetry-database.js";
import type { TraceFilter } from "../../src/store/telemetry-store.js";
import { batch, DAY_MS, NOON_MS, NOON_US, span, spanId, traceId } from "./rows.js";

let dataDir: string;
let database: TelemetryDatabase;
const open = (): void => {
  database = new TelemetryDatabase({ dataDir, retention: { days: 14, maxBytes: 1e9 } }, NOON_MS);
};
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "chainwatch-text-"));
  open();
});
afterEach(() => {
  database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const named = (trace: number, name: string, row: Partial<SpanRow> = {}): SpanRow =>
  span({ ...{ traceId: traceId(trace), spanId: spanId(1), name, startTimeUs: NOON_US + trace }, ...row });
const store = (...spans: SpanRow[]): unknown => database.ingest(batch({ spans }), NOON_MS);
const found = (text: string, more: TraceFilter = {}): number[] =>
  database.traces({ text, ...more }, NOON_MS).map(({ trace_id }) => Number.parseInt(trace_id, 16));

/** Five traces of two users over two days; one has its text in a message, one in a call under its root. */
function storeFew(): void {
  const yesterday = { startTimeUs: NOON_US - DAY_MS * 1_000 };
  const ann = { "user.id": "ann" };
  const messages = { "gen_ai.input.messages": JSON.stringify([{ content: 'Refund\n"order" \\ 7 退款' }]) };
  store(
    named(1, "invoke_workflow refund", { ...yesterday, attributes: ann }),
    named(2, "invoke_workflow other", { attributes: { ...ann, ...messages } }),
    named(3, "invoke_workflow other", { attributes: { "user.id": "bob" } }),
    named(3, "execute_tool REFUND", { spanId: spanId(2), parentSpanId: spanId(1) }),
    named(4, "invoke_workflow other", { attributes: { note: "refund" } }),
    named(5, "invoke_workflow 100%_off"),
  );
}

function expectFew(): void {
  expect(found("refund").sort()).toEqual([1, 2, 3]);
  expect(found("refund", { fromMs: NOON_MS })).toEqual([3, 2]);
  expect(found("refund", { user: "ann" })).toEqual([2, 1]);
  expect(found("refund", { user: "bob" })).toEqual([3]);
  for (const inMessage of ['"order" \\ 7', "\n", "退款"]) {
    expect(found(inMessage), inMessage).toEqual([2]);
    expect(found(inMessage, { user: "ann" }), inMessage).toEqual([2]);
  }
  expect(found("%_")).toEqual([5]);
  expect(found("input.messages")).toEqual([]);
  expect(found("nowhere")).toEqual([]);
}

it("a text is found in names and captured content, as it is written, whoever's and whenever", () => {
  storeFew();
  expectFew();
});

it("a text is found in a file from before names had an index", () => {
  storeFew();
  database.close();
  const file = new SqliteConnection(join(dataDir, "telemetry.db"));
  for (const day of ["20261123", "20261124"]) {
    for (const index of ["name", "content"]) file.exec(`DROP INDEX spans_${day}_${index}`);
  }
  file.close();
  open();
  expectFew();
});

it("a text is found among more names than are looked through one by one", () => {
  store(...Array.from({ length: 1_100 }, (_, i) => named(100 + i, `GET /orders/${i}`)));
  storeFew();
  expectFew();
  expect(found("orders/1099")).toEqual([1_199]);
});

it("a text that most spans have is found, the newest first", () => {
  const many = Array.from({ length: 20_010 }, (_, i) => named(100 + i, "chat gpt-4o"));
  store(...many);
  storeFew();
  expectFew();
  expect(found("gpt", { limit: 3 })).toEqual([20_109, 20_108, 20_107]);
  expect(found("gpt", { sort: "slowest", limit: 1 })).toHaveLength(1);
});
