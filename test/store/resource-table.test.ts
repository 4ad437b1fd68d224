import { expect, it } from "vitest";
import { OpenedDatabase } from "./opened-database.js";
import { batch, DAY_MS, NOON_MS, RESOURCE, requestLog, SECOND_US, span, spanId } from "./rows.js";

const database = new OpenedDatabase();

let sent = 0;

function send(resource: Record<string, string>, secondsAfterNoon: number): void {
  sent += 1;
  const timeMs = NOON_MS + secondsAfterNoon * 1000;
  const row = span({
    spanId: spanId(sent),
    resource,
    startTimeUs: timeMs * 1000,
    endTimeUs: timeMs * 1000 + SECOND_US,
  });
  database.now.ingest(batch({ spans: [row] }), timeMs);
}

it("senders are told with when they were heard of, the one heard of last first, as they described themselves last", () => {
  send(RESOURCE, 0);
  send({ ...RESOURCE, "service.instance.id": "i-2" }, 10);
  send({ ...RESOURCE, "service.version": "1.2.4" }, 20);
  send({ "service.name": "bare" }, 15);
  expect(database.now.senders(NOON_MS)).toEqual([
    {
      ...{ service: "bot", instance: "i-1", first_seen: "2026-11-24T12:00:00.000Z" },
      last_seen: "2026-11-24T12:00:20.000Z",
      resource: { ...RESOURCE, "service.version": "1.2.4" },
    },
    {
      ...{ service: "bare", instance: "", first_seen: "2026-11-24T12:00:15.000Z" },
      last_seen: "2026-11-24T12:00:15.000Z",
      resource: { "service.name": "bare" },
    },
    expect.objectContaining({ service: "bot", instance: "i-2" }),
  ]);
});

it("a service is known since its first instance was heard of", () => {
  send(RESOURCE, 0);
  send({ ...RESOURCE, "service.instance.id": "i-2" }, 10);
  expect(database.now.status(NOON_MS).services).toEqual([
    {
      ...{ service: "bot", instances: 2, first_seen: "2026-11-24T12:00:00.000Z" },
      last_seen: "2026-11-24T12:00:10.000Z",
    },
  ]);
});

it("senders go when nothing of theirs is left", () => {
  send(RESOURCE, 0);
  database.now.ingest(batch({ logs: [requestLog("r1", {}, { resource: { "service.name": "later" } })] }), NOON_MS);
  send({ "service.name": "later" }, (10 * DAY_MS) / 1000);
  database.now.retain(NOON_MS + 35 * DAY_MS);
  expect(database.now.senders(NOON_MS).map(({ service }) => service)).toEqual(["later"]);
});

it("in a database of before, a sender is known since it was heard of last", () => {
  send(RESOURCE, 30);
  database.becomesOlder("ALTER TABLE resources DROP COLUMN first_seen_us");
  send(RESOURCE, 60);
  expect(database.now.senders(NOON_MS)).toMatchObject([
    { first_seen: "2026-11-24T12:00:30.000Z", last_seen: "2026-11-24T12:01:00.000Z" },
  ]);
});
