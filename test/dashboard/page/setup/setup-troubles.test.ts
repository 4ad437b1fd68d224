import { describe, expect, it } from "vitest";
import type { SenderView } from "../../../../src/dashboard/api/setup-view.js";
import { setupTroubles } from "../../../../src/dashboard/page/setup/setup-troubles.js";

const sender = (more: Partial<SenderView> = {}): SenderView => ({
  service: "shop",
  first_seen: "2026-11-24T12:00:00.000Z",
  last_seen: "2026-11-24T12:00:00.000Z",
  dropped: [],
  faults: [],
  ...more,
});
const troubles = (more: Partial<SenderView>) =>
  setupTroubles({ senders: [sender(more)], unpriced: [] }).map(({ what }) => what.en);

describe("what needs attention", () => {
  it("is nothing while all is well", () => {
    expect(troubles({ clock_ahead: -9.5, requests: 10, content: false })).toEqual([]);
  });

  it("is telemetry that was given up, and faults", () => {
    const dropped = [
      { what: "span", reason: "queue_full", items: 40 },
      { what: "record", items: 2 },
    ];
    expect(troubles({ dropped, faults: [{ what: "handleLLMEnd", items: 3 }] })).toEqual([
      "shop gave up 42 items of telemetry in 24 h.",
      "Chainwatch in shop had 3 faults in 24 h.",
    ]);
  });

  it("is a clock that is far off, either way", () => {
    expect(troubles({ clock_ahead: 45.2 })).toEqual(["The clock of shop is 45 s ahead of this server's."]);
    expect(troubles({ clock_ahead: -3600 })[0]).toContain("up to 3600 s behind");
  });

  it("is each model without a price, once", () => {
    const unpriced = ["shop", "batch"].map((service) => ({ service, model: "house-model", calls: 2, of: 4 }));
    expect(setupTroubles({ senders: [], unpriced }).map(({ what }) => what.en)).toEqual([
      "No price is known for house-model.",
    ]);
  });
});
