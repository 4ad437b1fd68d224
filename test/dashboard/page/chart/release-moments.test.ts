import { expect, test } from "vitest";
import { releaseMoments } from "../../../../src/dashboard/page/chart/release-moments.js";

const FROM = Date.UTC(2026, 0, 31, 9);
const RANGE = { fromMs: FROM, toMs: FROM + 100 * 60_000 };

/** In minutes after the beginning of the range; as the API gives them, the newest first. */
function moments(seen: [service: string, release: string, minute: number][]): unknown[] {
  const releases = seen.toReversed().map(([service, release, minute]) => {
    const at = new Date(FROM + minute * 60_000).toISOString();
    return { service, release, first_seen: at, last_seen: at, requests: 1 };
  });
  return releaseMoments({ releases }, RANGE).map(({ release, services, atMs }) => [
    release,
    services,
    (atMs - FROM) / 60_000,
  ]);
}

test("a release begins with its first request, after another of its service", () => {
  expect(
    moments([
      ["shop", "1.0", -50],
      ["shop", "1.1", 10],
      ["shop", "1.2", 40],
    ]),
  ).toEqual([
    ["1.1", ["shop"], 10],
    ["1.2", ["shop"], 40],
  ]);
});

test("where what is kept of a service begins, no release began", () => {
  expect(
    moments([
      ["shop", "1.0", 5],
      ["bot", "2.0", 6],
      ["bot", "2.1", 7],
    ]),
  ).toEqual([["2.1", ["bot"], 7]]);
});

test("what began outside the range is not in it", () => {
  expect(
    moments([
      ["shop", "1.0", -90],
      ["shop", "1.1", -80],
      ["shop", "1.2", 101],
    ]),
  ).toEqual([]);
});

test("a release that comes to two services at once is one moment; days apart, two", () => {
  expect(
    moments([
      ["shop", "1.0", -50],
      ["bot", "1.0", -50],
      ["shop", "1.1", 10],
      ["bot", "1.1", 11],
      ["shop", "1.2", 30],
      ["bot", "1.2", 60],
    ]),
  ).toEqual([
    ["1.1", ["shop", "bot"], 10],
    ["1.2", ["shop"], 30],
    ["1.2", ["bot"], 60],
  ]);
});
