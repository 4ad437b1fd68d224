import { expect, it } from "vitest";
import * as semconv from "../../src/instrument/semconv.js";
import type { LogRow } from "../../src/receive/telemetry-batch.js";
import { OpenedDatabase } from "./opened-database.js";
import { batch, DAY_MS, NOON_MS, NOON_US, RESOURCE, requestLog, traceId } from "./rows.js";

const database = new OpenedDatabase();

let sent = 0;

function request(release: string | undefined, minutesAgo: number, prompts: string[] = [], service = "bot"): LogRow {
  const { "service.version": _, ...bare } = RESOURCE;
  sent += 1;
  return requestLog(
    `r${sent}`,
    { [semconv.ATTR_REQUEST_PROMPTS]: prompts },
    {
      timeUs: NOON_US - minutesAgo * 60_000_000,
      resource: { ...bare, "service.name": service, ...(release !== undefined && { "service.version": release }) },
    },
  );
}

const ingest = (...logs: LogRow[]) => database.now.ingest(batch({ logs }), NOON_MS);

const DAY_MIN = DAY_MS / 60_000;

it("releases are told with their first and last request over all days, the newest first", () => {
  const first = request("1.0", 2 * DAY_MIN);
  ingest(first, request("1.0", 10), request("1.1", 30), request("1.1", 5), request(undefined, 3));
  ingest(first, request("1.0", 35, [], "shop"));
  expect(database.now.versions({ kind: "release" }, NOON_MS)).toEqual([
    {
      service: "bot",
      version: "1.1",
      first_seen: "2026-11-24T11:30:00.000Z",
      last_seen: "2026-11-24T11:55:00.000Z",
      requests: 2,
    },
    expect.objectContaining({ service: "shop", version: "1.0", requests: 1 }),
    {
      service: "bot",
      version: "1.0",
      first_seen: "2026-11-22T12:00:00.000Z",
      last_seen: "2026-11-24T11:50:00.000Z",
      requests: 2,
    },
  ]);
  expect(database.now.versions({ kind: "release", service: "shop" }, NOON_MS)).toHaveLength(1);
});

it("only what was seen in the time is told", () => {
  ingest(request("1.0", 60), request("1.0", 40), request("1.1", 30));
  const seen = (fromMinutesAgo: number, toMinutesAgo: number) =>
    database.now
      .versions(
        { kind: "release", fromMs: NOON_MS - fromMinutesAgo * 60_000, toMs: NOON_MS - toMinutesAgo * 60_000 },
        NOON_MS,
      )
      .map(({ version }) => version);
  expect(seen(50, 45)).toEqual(["1.0"]);
  expect(seen(39, 20)).toEqual(["1.1"]);
  expect(seen(20, 0)).toEqual([]);
  expect(seen(90, 61)).toEqual([]);
});

it("a request counts once for each prompt that it used", () => {
  ingest(request("1.0", 5, ["support@7", "triage@2", "support@7"]), request("1.0", 4, ["support@8"]));
  expect(
    database.now.versions({ kind: "prompt" }, NOON_MS).map(({ version, requests }) => [version, requests]),
  ).toEqual([
    ["support@8", 1],
    ["triage@2", 1],
    ["support@7", 1],
  ]);
  expect(database.now.requests({ prompt: "triage@2" }, NOON_MS)).toHaveLength(1);
  expect(database.now.requests({ prompt: "triage" }, NOON_MS)).toEqual([]);
});

it("what a batch that failed told is not counted", () => {
  const broken = { ...request("2.0", 1), attributes: null } as unknown as LogRow;
  expect(() => ingest(request("2.0", 2), broken)).toThrow();
  expect(database.now.versions({ kind: "release" }, NOON_MS)).toEqual([]);
});

it("versions go with the days of their requests", () => {
  ingest(request("1.0", 2 * DAY_MIN), request("1.1", 2 * DAY_MIN), request("1.1", 1));
  database.now.retain(NOON_MS + 29 * DAY_MS);
  expect(database.now.versions({ kind: "release" }, NOON_MS)).toEqual([
    expect.objectContaining({ version: "1.1", first_seen: "2026-11-24T11:59:00.000Z", requests: 1 }),
  ]);
});

it("requests that are deleted for their user count no more", () => {
  const own = request("1.0", 3, ["support@7", "support@8"]);
  own.attributes[semconv.ATTR_USER_ID] = "ann";
  ingest({ ...own, traceId: traceId(2) }, request("1.0", 2, ["support@7"]), request("1.1", 1));
  database.now.deleteUser("ann", NOON_MS);
  const counts = (kind: "release" | "prompt") =>
    database.now
      .versions({ kind }, NOON_MS)
      .map(({ version, first_seen, requests }) => [version, first_seen, requests]);
  expect(counts("release")).toEqual([
    ["1.1", "2026-11-24T11:59:00.000Z", 1],
    ["1.0", "2026-11-24T11:58:00.000Z", 1],
  ]);
  expect(counts("prompt")).toEqual([["support@7", "2026-11-24T11:58:00.000Z", 1]]);
});

it("a database of before has the releases of its requests", () => {
  ingest(request("1.0", 9), request("1.0", 8), request(undefined, 7));
  database.becomesOlder("DROP TABLE versions");
  expect(database.now.versions({ kind: "release" }, NOON_MS)).toEqual([
    expect.objectContaining({ version: "1.0", first_seen: "2026-11-24T11:51:00.000Z", requests: 2 }),
  ]);
});
