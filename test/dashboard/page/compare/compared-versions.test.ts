import { describe, expect, it } from "vitest";
import { joinedVersions, usualPair } from "../../../../src/dashboard/page/compare/compared-versions.js";

const seen = (version: string, service = "shop", day = 1, requests = 1) => ({
  service,
  version,
  first_seen: `2026-11-0${day}T00:00:00.000Z`,
  last_seen: `2026-11-0${day + 1}T00:00:00.000Z`,
  requests,
});

describe("what is compared at first", () => {
  it("is the newest release with the one before it of the same service", () => {
    expect(usualPair([seen("9", "batch"), seen("1.1"), seen("1.0"), seen("0.9")])).toEqual({ a: "1.0", b: "1.1" });
  });

  it("is the newest version of a prompt with the one before it of the same prompt", () => {
    expect(usualPair([seen("new@1"), seen("support@8"), seen("triage@2"), seen("support@7")])).toEqual({
      a: "support@7",
      b: "support@8",
    });
  });

  it("is any two where nothing has a version before it, and nothing where there is one alone", () => {
    expect(usualPair([seen("9", "batch"), seen("1.1")])).toEqual({ a: "1.1", b: "9" });
    expect(usualPair([seen("1.1"), seen("1.1", "batch")])).toBeUndefined();
    expect(usualPair([])).toBeUndefined();
  });
});

it("a version of several services is one choice, with all of its requests and time", () => {
  expect(joinedVersions([seen("1.1", "shop", 3, 4), seen("1.0"), seen("1.1", "batch", 2, 5)])).toEqual([
    { ...seen("1.1", "shop", 2, 9), last_seen: "2026-11-04T00:00:00.000Z" },
    seen("1.0"),
  ]);
});
