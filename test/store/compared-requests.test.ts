import { expect, it } from "vitest";
import * as semconv from "../../src/instrument/semconv.js";
import type { LogRow } from "../../src/receive/telemetry-batch.js";
import type { ComparedRequestsQuery } from "../../src/store/telemetry-store.js";
import { OpenedDatabase } from "./opened-database.js";
import { batch, DAY_MS, NOON_MS, NOON_US, RESOURCE, requestLog, traceId } from "./rows.js";

const database = new OpenedDatabase();

interface Sent {
  release?: string;
  prompts?: string[];
  type?: string;
  outcome?: string;
  seconds?: number;
  cost?: number;
  /** When it ended, milliseconds before noon. */
  endedMsAgo?: number;
}

let sent = 0;

function ingest(...requests: Sent[]): void {
  const logs = requests.map(
    ({
      release = "1.0",
      prompts = [],
      type = "chat",
      outcome = "success",
      seconds = 1,
      cost,
      endedMsAgo = 1000,
    }): LogRow => {
      sent += 1;
      const attributes = {
        [semconv.ATTR_OUTCOME]: outcome,
        [semconv.ATTR_REQUEST_TYPE]: type,
        [semconv.ATTR_REQUEST_PROMPTS]: prompts,
        [semconv.ATTR_REQUEST_DURATION]: seconds,
        [semconv.ATTR_REQUEST_TOKENS_TOTAL]: 100 * seconds,
        ...(cost !== undefined && { [semconv.ATTR_REQUEST_COST]: cost }),
      };
      return requestLog(`r${sent}`, attributes, {
        timeUs: NOON_US - (endedMsAgo + seconds * 1000) * 1000,
        traceId: traceId(sent),
        resource: { ...RESOURCE, "service.version": release },
      });
    },
  );
  database.now.ingest(batch({ logs }), NOON_MS);
}

const compared = (more: Partial<ComparedRequestsQuery> = {}) => {
  const ended = { fromUs: NOON_US - DAY_MS * 1000, toUs: NOON_US };
  return database.now.compared({ by: "release", version: "1.0", ended, most: 100, worst: 2, ...more }, NOON_MS);
};

const durations = (more: Partial<ComparedRequestsQuery> = {}) =>
  compared(more)
    .outcomes.flatMap(({ response_time }) => [...response_time])
    .sort((a, b) => a - b);

it("a release's requests are read as numbers by how they ended, over all days", () => {
  ingest({ seconds: 2, cost: 0.5 }, { seconds: 3 }, { seconds: 4, outcome: "error", cost: 0.25 });
  ingest({ seconds: 5, cost: 0.125, endedMsAgo: DAY_MS - 5000 }, { seconds: 6, release: "1.1" });
  const outcomes = compared().outcomes ?? [];
  const of = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted);
  expect(of("success").reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
  expect(
    of("success")
      .flatMap(({ response_time }) => [...response_time])
      .sort(),
  ).toEqual([2, 3, 5]);
  expect(
    of("success")
      .flatMap(({ cost_usd }) => [...cost_usd])
      .sort(),
  ).toEqual([0.125, 0.5]);
  expect(
    of("success")
      .flatMap(({ tokens }) => [...tokens])
      .sort(),
  ).toEqual([200, 300, 500]);
  expect(of("error")).toEqual([
    {
      ...{ outcome: "error", requests: 1, response_time: Float64Array.of(4) },
      ...{ cost_usd: Float64Array.of(0.25), tokens: Float64Array.of(400) },
    },
  ]);
});

it("what ended in the time counts, its first moment not and its last one so", () => {
  ingest({ seconds: 1, endedMsAgo: 0 }, { seconds: 2, endedMsAgo: 60_000 }, { seconds: 3, endedMsAgo: 59_999 });
  expect(durations({ ended: { fromUs: NOON_US - 60_000_000, toUs: NOON_US } })).toEqual([1, 3]);
  expect(durations({ ended: { fromUs: NOON_US - 90_000_000, toUs: NOON_US - 1000 } })).toEqual([2, 3]);
});

it("a prompt's requests are those whose record names just it, of one type where that is asked for", () => {
  ingest({ seconds: 1, prompts: ["support@7", "triage@1"] }, { seconds: 2, prompts: ["support@70"] });
  ingest({ seconds: 3, prompts: ["support@7"], type: "batch" }, { seconds: 4 });
  expect(durations({ by: "prompt", version: "support@7" })).toEqual([1, 3]);
  expect(durations({ by: "prompt", version: "support@7", type: "batch", service: "bot" })).toEqual([3]);
  expect(durations({ by: "prompt", version: "support@7", service: "shop" })).toEqual([]);
});

it("the worst are those that failed, then the slowest, of whatever day", () => {
  ingest({ seconds: 900, outcome: "cancelled" }, { seconds: 80 }, { seconds: 1 });
  ingest({ seconds: 2, outcome: "timeout", endedMsAgo: DAY_MS - 5000 });
  const worst = (count: number) => compared({ worst: count }).worst.map(({ response_time }) => response_time);
  expect(worst(3)).toEqual([2, 900, 80]);
  expect(worst(1)).toEqual([2]);
});

it("of more than are to be read the newest are read, and the others counted", () => {
  ingest({ seconds: 2 }, { seconds: 3, endedMsAgo: 60_000 }, { seconds: 4, endedMsAgo: 30_000 });
  ingest({ seconds: 5, endedMsAgo: DAY_MS - 5000 });
  expect([durations({ most: 4 }), compared({ most: 4 }).leftOut]).toEqual([[2, 3, 4, 5], 0]);
  expect([durations({ most: 3 }), compared({ most: 3 }).leftOut]).toEqual([[2, 3, 4], 1]);
  expect([durations({ most: 2 }), compared({ most: 2 }).leftOut]).toEqual([[2, 4], 2]);
  // The worst are those of all.
  expect(compared({ most: 2, worst: 1 }).worst).toMatchObject([{ response_time: 5 }]);
});

it("a database of before can be asked too", () => {
  ingest({ seconds: 2, cost: 0.5 });
  const added = ["ended_us", "release", "prompts", "service", "environment", "type", "outcome"];
  const numbers = ["response_time", "cost_usd", "tokens"];
  database.becomesOlder(
    "DROP INDEX requests_20261124_figures",
    ...[...added, ...numbers].map((column) => `ALTER TABLE requests_20261124 DROP COLUMN ${column}`),
  );
  expect(durations()).toEqual([2]);
  ingest({ seconds: 3 });
  expect(durations()).toEqual([2, 3]);
});
